import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';

const latchkey = useLatchkey();
const { bapi, browser, events, given, clock } = latchkey;

/** A sign-up that waits for its e-mail code. */
async function awaitingCode(email = testEmail()) {
  const chrome = browser();
  const { body } = await chrome.post('/v1/client/sign_ups', { email_address: email, password: PASSWORD });
  const path = `/v1/client/sign_ups/${body.response.id}`;
  await chrome.post(`${path}/prepare_verification`, { strategy: 'email_code' });
  return { chrome, path, email };
}

describe('FAPI createSignUps', () => {
  it('starts a sign-up and makes the client, which carries it', async () => {
    const email = testEmail();
    const { status, body } = await browser().post('/v1/client/sign_ups', { email_address: email, password: PASSWORD });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      object: 'sign_up_attempt',
      status: 'missing_requirements',
      email_address: email,
      has_password: true,
      missing_fields: [],
      unverified_fields: ['email_address'],
    });
    expect(body.response.verifications.email_address).toMatchObject({
      next_action: 'needs_prepare',
      supported_strategies: ['email_code'],
    });
    expect(body.client).toMatchObject({ object: 'client', sessions: [], sign_up: { id: body.response.id } });
  });

  it('answers an empty one with all that is missing', async () => {
    const { status, body } = await browser().post('/v1/client/sign_ups');

    expect(status).toBe(200);
    expect(body.response.missing_fields).toEqual(['email_address', 'password']);
  });

  it.each([
    ['email_address', 'nobody', 'form_param_format_invalid'],
    ['password', 'short', 'form_password_length_too_short'],
    ['password', 'password1', 'form_password_pwned'],
    ['shoe_size', '43', 'form_param_unknown'],
  ])('refuses %s=%s with %s', async (param, value, code) => {
    const { status, body } = await browser().post('/v1/client/sign_ups', { [param]: value });

    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ code, meta: { param_name: param } });
  });

  it('refuses an address that somebody has', async () => {
    const { email } = await given.signedInBrowser();

    const { status, body } = await browser().post('/v1/client/sign_ups', { email_address: email.toUpperCase() });

    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ code: 'form_identifier_exists', meta: { param_name: 'email_address' } });
  });
});

describe('FAPI prepareSignUpsVerification', () => {
  it('mails a code of six digits', async () => {
    const email = `${Date.now()}@example.com`;
    const { chrome, path } = await awaitingCode(email);

    const code = await latchkey.codeFor(email);
    const { body } = await chrome.post(`${path}/attempt_verification`, { strategy: 'email_code', code });

    expect(body.response.status).toBe('complete');
  });
});

describe('FAPI attemptSignUpsVerification', () => {
  it('makes user, session and token of a right code, and tells of it', async () => {
    const { chrome, path, email } = await awaitingCode();

    const { status, body } = await chrome.post(`${path}/attempt_verification`, {
      strategy: 'email_code',
      code: '424242',
    });

    expect(status).toBe(200);
    expect(body.response.status).toBe('complete');
    expect(body.client.sign_up).toBeNull();
    expect(body.client.last_active_session_id).toBe(body.response.created_session_id);
    expect(body.client.sessions[0].user.email_addresses[0]).toMatchObject({
      email_address: email,
      verification: { status: 'verified' },
    });
    const [created] = await events.of('user.created', body.response.created_user_id);
    expect(created).toMatchObject({ data: { id: body.response.created_user_id, private_metadata: {} } });
    expect(await events.of('session.created', body.response.created_user_id)).toHaveLength(1);
  });

  it('counts wrong codes, and the third ends the verification', async () => {
    const { chrome, path } = await awaitingCode();
    const attempt = (code: string) => chrome.post(`${path}/attempt_verification`, { strategy: 'email_code', code });

    const wrong = [await attempt('000000'), await attempt('000001'), await attempt('000002')];
    const right = await attempt('424242');

    expect(wrong.map((reply) => reply.body.errors[0].code)).toEqual(Array(3).fill('form_code_incorrect'));
    expect(wrong[0]!.body.meta.client.sign_up.verifications.email_address).toMatchObject({
      status: 'unverified',
      attempts: 1,
    });
    expect(right.body.errors[0].code).toBe('verification_failed');
  });

  it('refuses a code after its ten minutes', async () => {
    const { chrome, path } = await awaitingCode();
    clock.advance(11 * 60_000);

    const { status, body } = await chrome.post(`${path}/attempt_verification`, {
      strategy: 'email_code',
      code: '424242',
    });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('verification_expired');
  });

  it('has one winner when the same code is used twice at once', async () => {
    const { chrome, path, email } = await awaitingCode();
    const attempt = () => chrome.post(`${path}/attempt_verification`, { strategy: 'email_code', code: '424242' });

    const replies = await Promise.all([attempt(), attempt(), attempt()]);

    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(
      (await events.of('user.created')).filter((event) => JSON.stringify(event.data).includes(email)),
    ).toHaveLength(1);
  });

  it('has one winner when two browsers prove one address at once', async () => {
    const email = testEmail();
    const [one, two] = [await awaitingCode(email), await awaitingCode(email)];
    const attempt = ({ chrome, path }: typeof one) =>
      chrome.post(`${path}/attempt_verification`, { strategy: 'email_code', code: '424242' });

    const replies = await Promise.all([attempt(one), attempt(two)]);

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 422]);
    expect(replies.find((reply) => reply.status === 422)!.body.errors[0].code).toBe('form_identifier_exists');
  });
});

describe('FAPI updateSignUps', () => {
  it('adds what was missing', async () => {
    const chrome = browser();
    const { body } = await chrome.post('/v1/client/sign_ups', { email_address: testEmail() });
    const { body: updated } = await chrome.patch(`/v1/client/sign_ups/${body.response.id}`, {
      password: PASSWORD,
      first_name: 'Ada',
    });

    expect(updated.response).toMatchObject({ first_name: 'Ada', has_password: true, missing_fields: [] });
  });

  it('gives an address no proof that another one has got meanwhile', async () => {
    const chrome = browser();
    const invited = testEmail();
    const { body: invitation } = await bapi.post('/v1/invitations', { email_address: invited, notify: false });
    const ticket = new URL(invitation.url).searchParams.get('ticket')!;
    const foreign = testEmail();
    const { body } = await chrome.post('/v1/client/sign_ups', { email_address: foreign });
    const path = `/v1/client/sign_ups/${body.response.id}`;

    // The password is hashed while the ticket proves the other address.
    const named = chrome.patch(path, { email_address: foreign, password: PASSWORD });
    await Promise.all([named, chrome.patch(path, { strategy: 'ticket', ticket })]);

    const { response } = (await chrome.get(path)).body;
    expect(response).toMatchObject(
      response.email_address === foreign
        ? { status: 'missing_requirements', unverified_fields: ['email_address'] }
        : { email_address: invited },
    );
  });
});

describe('FAPI getSignUps', () => {
  it('shows it to its own client only', async () => {
    const { chrome, path } = await awaitingCode();

    expect((await chrome.get(path)).status).toBe(200);
    expect((await browser().get(path)).status).toBe(404);
    expect((await (await latchkey.anotherInstance()).browser().get(path)).status).toBe(404);
  });
});
