import { send, useLatchkey } from '@latchkey/testing';

const latchkey = useLatchkey();

describe('FAPI createDevBrowser', () => {
  it('gives a token in `id`, which stands for the browser from then on', async () => {
    const { status, body } = await send({ method: 'POST', url: `${latchkey.at.fapiUrl}/v1/dev_browser` });

    expect(status).toBe(200);
    const reply = await send({ method: 'GET', url: `${latchkey.at.fapiUrl}/v1/client?__clerk_db_jwt=${body.id}` });
    expect(reply.status).toBe(200);
    expect(reply.headers['clerk-db-jwt']).toBe(body.id);
  });

  it('is worth nothing at another instance', async () => {
    const other = await latchkey.anotherInstance();
    const { body } = await send({ method: 'POST', url: `${latchkey.at.fapiUrl}/v1/dev_browser` });

    const reply = await other.browser().get('/v1/client', { __clerk_db_jwt: body.id });

    expect(reply.status).toBe(401);
    expect(reply.body.errors[0].code).toBe('dev_browser_unauthenticated');
  });
});
