import { useLatchkey } from '@latchkey/testing';

const { browser, given } = useLatchkey();

describe('FAPI getClient', () => {
  it('is null for a browser that has done nothing yet', async () => {
    const { status, body } = await browser().get('/v1/client');

    expect(status).toBe(200);
    expect(body).toEqual({ response: null, client: null });
  });

  it('carries the sessions with their users and fresh tokens', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();

    const { body } = await chrome.get('/v1/client');

    expect(body.response).toMatchObject({
      object: 'client',
      last_active_session_id: sessionId,
      sign_in: null,
      sign_up: null,
    });
    expect(body.response.sessions).toHaveLength(1);
    expect(body.response.sessions[0]).toMatchObject({ id: sessionId, status: 'active', user: { id: userId } });
    expect(body.response.sessions[0].user).not.toHaveProperty('private_metadata');
    expect(body.response.sessions[0].last_active_token.jwt.split('.')).toHaveLength(3);
  });
});

describe('FAPI putClient', () => {
  it('makes the client once, and keeps it', async () => {
    const chrome = browser();

    const { status, body } = await chrome.put('/v1/client');
    const again = await chrome.put('/v1/client');

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ object: 'client', sessions: [] });
    expect(again.body.response.id).toBe(body.response.id);
  });
});

describe('FAPI postClient', () => {
  it('makes the client, another for each browser', async () => {
    const [one, two] = [await browser().post('/v1/client'), await browser().post('/v1/client')];

    expect([one.status, two.status]).toEqual([200, 200]);
    expect(one.body.response.id).not.toBe(two.body.response.id);
  });
});
