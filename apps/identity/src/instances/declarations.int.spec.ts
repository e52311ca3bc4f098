import { systemContext } from '@latchkey/clients';
import { useLatchkey } from '@latchkey/testing';

const latchkey = useLatchkey();

const SECRET_KEY = 'sk_test_declared0123456789abcdefghij';

/** Applies a declaration, as a start does. */
async function declare(settings: object): Promise<{ is_changed: boolean }> {
  const { transport, signer } = latchkey.between;
  const host = 'declared.latchkey.test';
  const instance = { name: 'declared', environment: 'development', frontend_api: `${host}/accounts.dev` };
  const { status, body } = await transport.request('identity', {
    method: 'POST',
    path: '/internal/instances/declare',
    headers: { 'content-type': 'application/json', 'x-latchkey-context': signer.sign(systemContext('declare')) },
    body: JSON.stringify({
      applications: [{ name: 'declared', instances: [{ ...instance, secret_keys: [SECRET_KEY], settings }] }],
    }),
  });
  const answer = JSON.parse(body.toString());
  if (status !== 200) throw new Error(JSON.stringify(answer));
  return answer[0];
}

const bapi = () => latchkey.bapi.with({ authorization: `Bearer ${SECRET_KEY}` });

describe('a declaration that is applied at every start', () => {
  it('keeps what the API has set and it does not name', async () => {
    await declare({ sessions: { single_session_mode: false } });
    await bapi().patch('/v1/instance', { allowed_origins: ['https://app.example'] });

    const { is_changed: isChanged } = await declare({ sessions: { single_session_mode: false } });

    expect(isChanged).toBe(false);
    expect((await bapi().get('/v1/instance')).body.allowed_origins).toEqual(['https://app.example']);
  });

  it('wins where it names what the API has set', async () => {
    const restricted = async () => (await bapi().patch('/v1/instance/restrictions', {})).body.allowlist;
    await declare({ restrictions: { allowlist: { enabled: true } } });
    await bapi().patch('/v1/instance/restrictions', { allowlist: false });
    expect(await restricted()).toBe(false);

    await declare({ restrictions: { allowlist: { enabled: true } } });

    expect(await restricted()).toBe(true);
  });

  it('gives back the default of what it names no longer', async () => {
    await declare({ organizations: { max_allowed_memberships: 9 } });
    await declare({});

    const { body } = await bapi().get('/v1/instance/organization_settings');
    expect(body.max_allowed_memberships).toBe(5);
  });

  it('is refused with the name of what is unknown or impossible', async () => {
    await expect(declare({ sessions: { nonsense: 1 } })).rejects.toThrow(
      /form_param_unknown.*applications\.0\.instances\.0\.settings\.sessions\.nonsense/,
    );
    await expect(declare({ password: { min_length: 3 } })).rejects.toThrow(/settings\.password\.min_length/);
  });
});
