import type { ApiException } from 'svix/dist/util';
import { WebhooksDb } from '../db.js';
import { startWebhooks, type Webhooks } from '../../test/start-webhooks.js';

let webhooks: Webhooks;
beforeAll(async () => {
  webhooks = await startWebhooks();
}, 60_000);
afterAll(() => webhooks?.stop());

const URL = 'https://example.com/hook';
/** The status and body that a call was refused with. */
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => ({ code: 200, body: undefined }),
    ({ code, body }: ApiException<unknown>) => ({ code, body }),
  );

describe('svix.endpoint', () => {
  it('creates, gets, lists, updates, patches and deletes endpoints of the instance', async () => {
    const { svix, instanceId } = webhooks.svix();
    const created = await svix.endpoint.create(instanceId, {
      url: URL,
      description: 'mine',
      filterTypes: ['user.created', 'organization'],
      channels: ['a'],
      metadata: { team: 'x' },
      throttleRate: 5,
      uid: 'main',
      headers: { 'X-One': '1' },
    });
    const application = await svix.application.get(instanceId);

    expect(created).toMatchObject({
      id: expect.stringMatching(/^ep_/),
      url: URL,
      description: 'mine',
      disabled: false,
      filterTypes: ['user.created', 'organization'],
      channels: ['a'],
      metadata: { team: 'x' },
      throttleRate: 5,
      rateLimit: 5,
      uid: 'main',
      version: 1,
      createdAt: expect.any(Date),
    });
    expect(await svix.endpoint.get(application.id, 'main')).toEqual(created);
    expect((await svix.endpoint.list(instanceId)).data).toEqual([created]);

    const updated = await svix.endpoint.update(instanceId, created.id, { url: `${URL}2` });
    expect(updated).toMatchObject({
      url: `${URL}2`,
      description: '',
      filterTypes: null,
      uid: null,
      throttleRate: null,
    });
    const patched = await svix.endpoint.patch(instanceId, created.id, {
      disabled: true,
      filterTypes: ['role.created'],
    });
    expect(patched).toMatchObject({ url: `${URL}2`, disabled: true, filterTypes: ['role.created'] });

    await svix.endpoint.delete(instanceId, created.id);
    expect((await refusal(svix.endpoint.get(instanceId, created.id))).code).toBe(404);
  });

  it('pages through a list, forwards and back', async () => {
    const { svix, instanceId } = webhooks.svix();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await svix.endpoint.create(instanceId, { url: `${URL}${i}` })).id);

    const one = await svix.endpoint.list(instanceId, { limit: 2 });
    const two = await svix.endpoint.list(instanceId, { limit: 2, iterator: one.iterator });
    const three = await svix.endpoint.list(instanceId, { limit: 2, iterator: two.iterator });
    const back = await svix.endpoint.list(instanceId, { limit: 2, iterator: three.prevIterator });
    const newest = await svix.endpoint.list(instanceId, { limit: 1, order: 'descending' as never });

    expect([one, two, three].flatMap(({ data }) => data.map(({ id }) => id))).toEqual(ids);
    expect([one.done, two.done, three.done]).toEqual([false, false, true]);
    expect(back.data.map(({ id }) => id)).toEqual(two.data.map(({ id }) => id));
    expect(newest.data[0]?.id).toBe(ids[4]);
  });

  it('keeps, shows and rotates the secret', async () => {
    const { svix, instanceId } = webhooks.svix();
    const given = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const { id } = await svix.endpoint.create(instanceId, { url: URL, secret: given });
    expect((await svix.endpoint.getSecret(instanceId, id)).key).toBe(given);

    await svix.endpoint.rotateSecret(instanceId, id);
    const rotated = (await svix.endpoint.getSecret(instanceId, id)).key;
    await svix.endpoint.rotateSecret(instanceId, id, { key: Buffer.alloc(24, 9).toString('base64') });

    expect(rotated).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rotated).not.toBe(given);
    expect((await svix.endpoint.getSecret(instanceId, id)).key).toBe(`whsec_${Buffer.alloc(24, 9).toString('base64')}`);
  });

  it('lets several rotations at once end with one current secret', async () => {
    const { svix, instanceId } = webhooks.svix();
    const { id } = await svix.endpoint.create(instanceId, { url: URL });

    await Promise.all([1, 2, 3, 4].map(() => svix.endpoint.rotateSecret(instanceId, id)));

    expect((await svix.endpoint.getSecret(instanceId, id)).key).toMatch(/^whsec_/);
  });

  it('keeps headers and hides the values of sensitive ones', async () => {
    const { svix, instanceId } = webhooks.svix();
    const { id } = await svix.endpoint.create(instanceId, {
      url: URL,
      headers: { 'X-A': '1', Authorization: 'Bearer x' },
    });
    expect(await svix.endpoint.getHeaders(instanceId, id)).toEqual({
      headers: { 'X-A': '1' },
      sensitive: ['Authorization'],
    });

    await svix.endpoint.patchHeaders(instanceId, id, {
      headers: { 'x-a': '2', 'X-B': '3' },
      deleteHeaders: ['authorization'],
    });
    expect(await svix.endpoint.getHeaders(instanceId, id)).toEqual({
      headers: { 'x-a': '2', 'X-B': '3' },
      sensitive: [],
    });
    await svix.endpoint.updateHeaders(instanceId, id, { headers: {} });
    expect((await svix.endpoint.getHeaders(instanceId, id)).headers).toEqual({});
    expect((await refusal(svix.endpoint.updateHeaders(instanceId, id, { headers: { 'svix-id': 'x' } }))).code).toBe(
      422,
    );
  });

  it('keeps the headers of all who patch them at once', async () => {
    const { svix, instanceId } = webhooks.svix();
    const { id } = await svix.endpoint.create(instanceId, { url: URL, headers: { 'X-0': '0' } });
    const names = ['X-1', 'X-2', 'X-3', 'X-4', 'X-5'];

    await Promise.all(
      names.map((name) => svix.endpoint.patchHeaders(instanceId, id, { headers: { [name]: '1' }, deleteHeaders: [] })),
    );

    const { headers } = await svix.endpoint.getHeaders(instanceId, id);
    expect(Object.keys(headers).sort()).toEqual(['X-0', ...names]);
  });

  it('stores headers encrypted, those too that were set before it did', async () => {
    const { svix, instanceId } = webhooks.svix();
    const db = webhooks.app.get(WebhooksDb);
    const { id } = await svix.endpoint.create(instanceId, { url: URL, headers: { Authorization: 'Bearer new-token' } });
    const old = await svix.endpoint.create(instanceId, { url: URL });
    await db.$executeRaw`UPDATE endpoints SET headers = '{"X-Old": "old-token"}', sealed_headers = NULL WHERE id = ${old.id}`;
    expect((await svix.endpoint.getHeaders(instanceId, old.id)).headers).toEqual({ 'X-Old': 'old-token' });

    await webhooks.sweep();

    const rows = await db.$queryRaw<
      { row: string }[]
    >`SELECT endpoints::text AS row FROM endpoints WHERE instance_id = ${instanceId}`;
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toMatch(/token/);
    expect((await svix.endpoint.getHeaders(instanceId, old.id)).headers).toEqual({ 'X-Old': 'old-token' });
    expect((await svix.endpoint.getHeaders(instanceId, id)).sensitive).toEqual(['Authorization']);
  });

  it('changes nothing of the secret when the rest of a patch is refused', async () => {
    const { svix, instanceId } = webhooks.svix();
    await svix.endpoint.create(instanceId, { url: URL, uid: 'taken' });
    const { id } = await svix.endpoint.create(instanceId, { url: URL });
    const { key } = await svix.endpoint.getSecret(instanceId, id);

    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const patch = svix.endpoint.patch(instanceId, id, { uid: 'taken', secret });

    expect((await refusal(patch)).code).toBe(409);
    expect((await svix.endpoint.getSecret(instanceId, id)).key).toBe(key);
  });

  it('leaves transformations out and says so', async () => {
    const { svix, instanceId } = webhooks.svix();
    const { id } = await svix.endpoint.create(instanceId, { url: URL });

    expect(await refusal(svix.endpoint.transformationGet(instanceId, id))).toMatchObject({
      code: 400,
      body: { code: 'not_supported', detail: expect.any(String) },
    });
  });

  it.each([
    [{ url: 'ftp://example.com' }, 'url'],
    [{ url: URL, filterTypes: ['no.such.type'] }, 'filterTypes'],
    [{ url: URL, secret: 'short' }, 'secret'],
    [{ url: URL, headers: { 'bad name': 'x' } }, 'headers'],
    [{ url: URL, throttleRate: 0 }, 'throttleRate'],
  ])('refuses %j with the place of the problem', async (input, field) => {
    const { svix, instanceId } = webhooks.svix();

    const { code, body } = await refusal(svix.endpoint.create(instanceId, input));

    expect(code).toBe(422);
    expect((body as { detail: { loc: string[] }[] }).detail[0]?.loc.slice(0, 2)).toEqual(['body', field]);
  });

  it.each([
    'http://10.0.0.1/hook',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]:8080/',
    'http://[::ffff:10.0.0.1]/',
    'http://[fe80::1]/',
    'http://167772161/',
    'http://0xa000001/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://012.0.0.1/',
    'http://10.1/',
    'http://10.0.0.1./',
    'http://metadata.google.internal/computeMetadata/v1/',
    'https://user:secret@example.com/',
  ])('refuses %s, which is never called, when an endpoint is made and when it is changed (422)', async (url) => {
    const { svix, instanceId } = webhooks.svix();
    const { id } = await svix.endpoint.create(instanceId, { url: URL });

    const refusals = await Promise.all(
      [
        svix.endpoint.create(instanceId, { url }),
        svix.endpoint.update(instanceId, id, { url }),
        svix.endpoint.patch(instanceId, id, { url }),
        svix.operationalWebhookEndpoint.create({ url }),
      ].map(refusal),
    );

    for (const { code, body } of refusals) {
      expect(code).toBe(422);
      expect(body).toMatchObject({ detail: [{ loc: ['body', 'url'], msg: expect.stringContaining('refused') }] });
    }
    expect((await svix.endpoint.get(instanceId, id)).url).toBe(URL);
    expect((await svix.endpoint.list(instanceId)).data).toHaveLength(1);
  });

  it('lets endpoints lie in networks that are allowed, in whatever spelling', async () => {
    const { svix, instanceId } = webhooks.svix();

    for (const url of ['http://127.0.0.1:9/', 'http://2130706433:9/', 'http://localhost:9/'])
      expect((await svix.endpoint.create(instanceId, { url })).url).toBe(url);
  });

  it('refuses a uid that is taken (409), also when two ask at once', async () => {
    const { svix, instanceId } = webhooks.svix();
    const create = () => refusal(svix.endpoint.create(instanceId, { url: URL, uid: 'one' }));

    const codes = (await Promise.all([create(), create(), create()])).map(({ code }) => code).sort();

    expect(codes).toEqual([200, 409, 409]);
  });

  it("shows nothing of another instance, and not another instance's id either", async () => {
    const [mine, other] = [webhooks.svix(), webhooks.svix()];
    const { id } = await mine.svix.endpoint.create(mine.instanceId, { url: URL });
    const { id: appId } = await mine.svix.application.get(mine.instanceId);

    for (const app of [mine.instanceId, appId]) {
      expect(await refusal(other.svix.endpoint.list(app))).toMatchObject({ code: 404, body: { code: 'not_found' } });
    }
    expect((await refusal(other.svix.endpoint.get(other.instanceId, id))).code).toBe(404);
    expect((await refusal(other.svix.endpoint.getSecret(other.instanceId, id))).code).toBe(404);
    expect((await refusal(other.svix.endpoint.delete(other.instanceId, id))).code).toBe(404);
    expect((await mine.svix.endpoint.list(mine.instanceId)).data).toHaveLength(1);
  });
});
