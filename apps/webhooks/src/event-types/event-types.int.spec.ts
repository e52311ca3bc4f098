import { publicEventTypes } from '@latchkey/contracts';
import { startWebhooks, type Webhooks } from '../../test/start-webhooks.js';

let webhooks: Webhooks;
beforeAll(async () => {
  webhooks = await startWebhooks();
}, 60_000);
afterAll(() => webhooks?.stop());

const statusOf = (call: Promise<unknown>) =>
  call.then(
    () => 200,
    ({ code }: { code: number }) => code,
  );

describe('svix.eventType', () => {
  it('has every type of the contract, with an example', async () => {
    const { svix } = webhooks.svix();
    const names: string[] = [];
    let iterator: string | null | undefined;
    for (let done = false; !done;) {
      const page = await svix.eventType.list({ limit: 20, iterator });
      names.push(...page.data.map(({ name }) => name));
      ({ done, iterator } = page);
    }

    expect(names).toEqual(Object.keys(publicEventTypes).sort());
    expect(await svix.eventType.get('user.created')).toMatchObject({
      name: 'user.created',
      groupName: 'user',
      description: expect.any(String),
      archived: false,
      schemas: { 1: { examples: [{ type: 'user.created', data: { object: 'user' } }] } },
    });
    expect((await svix.eventType.list({ limit: 1 })).data[0]!.schemas).toBeNull();
  });

  it('creates, updates, patches, archives and expunges types of the instance alone', async () => {
    const { svix } = webhooks.svix();
    const created = await svix.eventType.create({
      name: 'invoice.paid',
      description: 'Paid',
      schemas: { 1: { a: 1 } },
    });
    expect(created).toMatchObject({ name: 'invoice.paid', description: 'Paid', archived: false, deprecated: false });
    expect(await statusOf(svix.eventType.create({ name: 'invoice.paid', description: '' }))).toBe(409);
    expect(await statusOf(webhooks.svix().svix.eventType.get('invoice.paid'))).toBe(404);

    expect(await svix.eventType.patch('invoice.paid', { deprecated: true })).toMatchObject({
      description: 'Paid',
      deprecated: true,
      schemas: { 1: { a: 1 } },
    });
    expect(await svix.eventType.update('invoice.paid', { description: 'New' })).toMatchObject({
      description: 'New',
      deprecated: false,
      schemas: null,
    });
    await svix.eventType.delete('invoice.paid');
    const listed = async (includeArchived: boolean) =>
      (await svix.eventType.list({ limit: 250, includeArchived })).data.some(({ name }) => name === 'invoice.paid');
    expect([await listed(false), await listed(true)]).toEqual([false, true]);
    await svix.eventType.delete('invoice.paid', { expunge: true });
    expect(await statusOf(svix.eventType.get('invoice.paid'))).toBe(404);
  });

  it('lets endpoints ask for own types and their groups', async () => {
    const { svix, instanceId } = webhooks.svix();
    const create = (filterTypes: string[]) =>
      statusOf(svix.endpoint.create(instanceId, { url: 'https://example.com', filterTypes }));
    expect(await create(['invoice.paid'])).toBe(422);

    await svix.eventType.create({ name: 'invoice.paid', description: '' });

    expect([await create(['invoice.paid']), await create(['invoice'])]).toEqual([200, 200]);
  });

  it('says that importing is not supported', async () => {
    expect(await statusOf(webhooks.svix().svix.eventType.importOpenapi({ spec: {} }))).toBe(400);
  });
});
