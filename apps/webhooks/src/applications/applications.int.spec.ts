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

describe('svix.application', () => {
  it("has the instance's own application without anybody making it", async () => {
    const { svix, instanceId } = webhooks.svix();

    const [one, two] = await Promise.all([svix.application.get(instanceId), svix.application.get(instanceId)]);

    expect(one).toMatchObject({ id: expect.stringMatching(/^app_/), uid: instanceId });
    expect(two.id).toBe(one.id);
    expect((await svix.application.list()).data.map(({ id }) => id)).toEqual([one.id]);
  });

  it('creates, finds again, updates, patches and deletes others', async () => {
    const { svix } = webhooks.svix();
    const created = await svix.application.create({ name: 'One', uid: 'one', metadata: { a: 'b' } });

    expect(await statusOf(svix.application.create({ name: 'Other', uid: 'one' }))).toBe(409);
    expect((await svix.application.getOrCreate({ name: 'Other', uid: 'one' })).id).toBe(created.id);
    expect(await svix.application.patch('one', { name: 'Two' })).toMatchObject({ name: 'Two', metadata: { a: 'b' } });
    expect(await svix.application.update('one', { name: 'Three', uid: 'three' })).toMatchObject({
      name: 'Three',
      uid: 'three',
      metadata: {},
    });
    await svix.application.delete('three');
    expect(await statusOf(svix.application.get('three'))).toBe(404);
  });

  it("keeps the uid that ties the instance's application to its events", async () => {
    const { svix, instanceId } = webhooks.svix();

    expect(await svix.application.update(instanceId, { name: 'Renamed' })).toMatchObject({
      name: 'Renamed',
      uid: instanceId,
    });
    expect(await statusOf(svix.application.patch(instanceId, { uid: 'other' }))).toBe(422);
  });

  it('does not lend one instance the uid of another', async () => {
    const [mine, other] = [webhooks.svix(), webhooks.svix()];
    await mine.svix.application.create({ name: 'One', uid: 'shared' });

    expect(await statusOf(other.svix.application.get('shared'))).toBe(404);
    expect(await statusOf(other.svix.application.get(mine.instanceId))).toBe(404);
  });

  it('answers a call that does not exist in the shape of the client', async () => {
    const { instanceId } = webhooks.svix();
    const answer = await fetch(`${webhooks.url}/svix/api/v1/nothing`, { headers: webhooks.header(instanceId) });

    expect([answer.status, await answer.json()]).toEqual([404, { code: 'not_found', detail: expect.any(String) }]);
    expect(await statusOf(webhooks.svix().svix.health.get())).toBe(200);
  });

  it('answers a repeated call under the same idempotency key as the first one', async () => {
    const { svix, instanceId } = webhooks.svix();
    const create = (idempotencyKey: string) =>
      svix.endpoint.create(instanceId, { url: 'https://example.com' }, { idempotencyKey });

    const [one, two, other] = [await create('a'), await create('a'), await create('b')];

    expect(two).toEqual(one);
    expect(other.id).not.toBe(one.id);
    const { svix: stranger, instanceId: elsewhere } = webhooks.svix();
    const theirs = await stranger.endpoint.create(elsewhere, { url: 'https://example.com' }, { idempotencyKey: 'a' });
    expect(theirs.id).not.toBe(one.id);
    expect(await statusOf(svix.application.create({ name: '' }, { idempotencyKey: 'c' }))).toBe(422);
    expect(await statusOf(svix.application.create({ name: 'x' }, { idempotencyKey: 'c' }))).toBe(200);
  });
});
