import { apiVersions } from '@latchkey/contracts';
import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';
import { decodeJwt } from 'jose';

const latchkey = useLatchkey();
const { given } = latchkey;

/** The differences that `compat/bapi.md` 3 lists for what identity owns. */
const TOKEN_V2_SINCE = '2025-04-10';
const METADATA_APART_SINCE = '2026-05-12';

describe.each(apiVersions)('version %s', (version) => {
  const bapi = () => latchkey.bapi.with({ 'clerk-api-version': version });
  const query = { __clerk_api_version: version };

  it('is accepted by BAPI', async () => {
    const created = await bapi().post('/v1/users', { email_address: [testEmail()], password: PASSWORD });
    expect([created.status, created.body.object]).toEqual([200, 'user']);

    const path = `/v1/users/${created.body.id}`;
    expect((await bapi().get(path)).body.id).toBe(created.body.id);
    expect((await bapi().get(`/v1/users?user_id=${created.body.id}`)).body).toHaveLength(1);
    expect((await bapi().get('/v1/users/count')).body.object).toBe('total_count');
    expect((await bapi().patch(`${path}/metadata`, { public_metadata: { a: 1 } })).body.public_metadata).toEqual({
      a: 1,
    });
    expect((await bapi().delete(path)).body).toMatchObject({ deleted: true });
  });

  it('is accepted by FAPI, from sign-up to the token of its own shape', async () => {
    const browser = latchkey.browser();
    const started = await browser.post(
      '/v1/client/sign_ups',
      { email_address: testEmail(), password: PASSWORD },
      query,
    );
    expect(started.status).toBe(200);
    const path = `/v1/client/sign_ups/${started.body.response.id}`;
    await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' }, query);
    const done = await browser.post(`${path}/attempt_verification`, { strategy: 'email_code', code: '424242' }, query);
    expect(done.body.response.status).toBe('complete');

    const sessionId = done.body.response.created_session_id as string;
    const { body } = await browser.post(`/v1/client/sessions/${sessionId}/tokens`, {}, query);
    const { v } = decodeJwt(body.jwt as string);
    expect(v).toBe(version >= TOKEN_V2_SINCE ? 2 : undefined);
  });

  it('replaces metadata with the user, or refuses it there', async () => {
    const { id } = await given.user({ public_metadata: { old: true } });
    const { browser } = await given.signedInBrowser();

    const server = await bapi().patch(`/v1/users/${id}`, { first_name: 'Ada', public_metadata: { new: true } });
    const person = await browser.patch('/v1/me', { unsafe_metadata: { theme: 'dark' } }, query);

    if (version < METADATA_APART_SINCE) {
      expect(server.body).toMatchObject({ first_name: 'Ada', public_metadata: { new: true } });
      expect(server.body.public_metadata).not.toHaveProperty('old');
      expect(person.body.response.unsafe_metadata).toEqual({ theme: 'dark' });
    } else {
      expect([server.status, server.body.errors[0].code]).toEqual([422, 'form_param_unknown']);
      expect([person.status, person.body.errors[0].code]).toEqual([422, 'form_param_unknown']);
    }
  });
});
