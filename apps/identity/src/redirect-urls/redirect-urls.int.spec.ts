import { useLatchkey } from '@latchkey/testing';

const { bapi, anotherInstance } = useLatchkey();

const missing = { status: 404, code: 'resource_not_found' };
const refusal = ({ status, body }: { status: number; body: { errors: { code: string }[] } }) => ({
  status,
  code: body.errors[0]?.code,
});
let made = 0;
const create = (url = `my-app://callback/${++made}`) => bapi.post('/v1/redirect_urls', { url });

describe('BAPI CreateRedirectURL', () => {
  it('puts an address on the list', async () => {
    const { status, body } = await create('my-app://oauth-callback');

    expect(status).toBe(200);
    expect(body).toEqual({
      object: 'redirect_url',
      id: expect.stringMatching(/^ru_/),
      url: 'my-app://oauth-callback',
      created_at: expect.any(Number),
      updated_at: expect.any(Number),
    });
  });

  it.each(['javascript:alert(1)', 'no url', ''])('refuses %p', async (url) => {
    expect((await create(url)).status).toBe(422);
  });

  it('takes one of two that come at once, and another instance its own', async () => {
    const url = 'https://twice.test/back';
    const other = await anotherInstance();

    const replies = await Promise.all([create(url), create(url)]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(replies.flatMap(({ body }) => (body.errors as { code: string }[] | undefined) ?? [])[0]?.code).toBe(
      'form_already_exists',
    );
    expect((await other.bapi.post('/v1/redirect_urls', { url })).status).toBe(200);
  });
});

describe('BAPI ListRedirectURLs', () => {
  it('lists those of the instance alone, as a page when asked', async () => {
    const { id } = (await create()).body;
    const other = await anotherInstance();

    expect((await bapi.get('/v1/redirect_urls?limit=500')).body).toContainEqual(expect.objectContaining({ id }));
    expect((await bapi.get('/v1/redirect_urls?paginated=true&limit=1')).body).toMatchObject({ data: [{ id }] });
    expect((await other.bapi.get('/v1/redirect_urls')).body).toEqual([]);
  });
});

describe('BAPI GetRedirectURL', () => {
  it('finds it, though not for another instance', async () => {
    const { id, url } = (await create()).body;
    const other = await anotherInstance();

    expect((await bapi.get(`/v1/redirect_urls/${id}`)).body).toMatchObject({ id, url });
    expect(refusal(await other.bapi.get(`/v1/redirect_urls/${id}`))).toEqual(missing);
  });
});

describe('BAPI DeleteRedirectURL', () => {
  it('takes it off the list, once', async () => {
    const { id } = (await create()).body;
    const other = await anotherInstance();

    expect(refusal(await other.bapi.delete(`/v1/redirect_urls/${id}`))).toEqual(missing);
    expect((await bapi.delete(`/v1/redirect_urls/${id}`)).body).toEqual({ object: 'redirect_url', id, deleted: true });
    expect(refusal(await bapi.delete(`/v1/redirect_urls/${id}`))).toEqual(missing);
  });
});
