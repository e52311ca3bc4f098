import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';

const { anotherInstance, bapi, browser, clock } = useLatchkey();

async function begun() {
  const chrome = browser();
  const email = testEmail();
  const { body } = await chrome.post('/v1/client/sign_ups', { email_address: email, password: PASSWORD });
  const id = String(body.response.id);
  const finish = async () => {
    const path = `/v1/client/sign_ups/${id}`;
    await chrome.post(`${path}/prepare_verification`, { strategy: 'email_code' });
    return chrome.post(`${path}/attempt_verification`, { strategy: 'email_code', code: '424242' });
  };
  return { id, email, finish };
}

describe('BAPI GetSignUp', () => {
  it('shows a sign-up to its instance only', async () => {
    const { id, email } = await begun();
    const other = await anotherInstance();

    const { status, body } = await bapi.get(`/v1/sign_ups/${id}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ object: 'sign_up_attempt', id, email_address: email, password_enabled: true });
    expect((await other.bapi.get(`/v1/sign_ups/${id}`)).status).toBe(404);
  });
});

describe('BAPI UpdateSignUp', () => {
  it('gives the user to come an id of the application', async () => {
    const { id, finish } = await begun();

    const { status, body } = await bapi.patch(`/v1/sign_ups/${id}`, { external_id: `ext_${id}`, custom_action: true });

    expect(status).toBe(200);
    expect(body).toMatchObject({ external_id: `ext_${id}`, custom_action: true });
    const { body: finished } = await finish();
    expect(finished.client.sessions[0].user.external_id).toBe(`ext_${id}`);
  });

  it('refuses one that is complete, or was given up', async () => {
    const complete = await begun();
    await complete.finish();
    const abandoned = await begun();
    clock.advance(24 * 60 * 60_000);

    for (const { id } of [complete, abandoned]) {
      const { status, body } = await bapi.patch(`/v1/sign_ups/${id}`, { external_id: 'x' });
      expect(status).toBe(403);
      expect(body.errors[0].code).toBe('sign_up_cannot_be_updated');
    }
    expect((await bapi.get(`/v1/sign_ups/${abandoned.id}`)).body.status).toBe('abandoned');
    expect((await bapi.patch('/v1/sign_ups/sua_unknown', { external_id: 'x' })).status).toBe(404);
  });
});
