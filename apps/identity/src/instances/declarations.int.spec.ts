import { systemContext } from '@latchkey/clients';
import { TestBrowser, until, useLatchkey } from '@latchkey/testing';

const latchkey = useLatchkey();

const SECRET_KEY = 'sk_test_declared0123456789abcdefghij';

/** Applies a declaration, as a start does. */
async function declare(settings: object, secretKeys = [SECRET_KEY], more = {}): Promise<{ is_changed: boolean }> {
  const { transport, signer } = latchkey.between;
  const host = 'declared.latchkey.test';
  const instance = { name: 'declared', environment: 'development', frontend_api: `${host}/accounts.dev`, ...more };
  const { status, body } = await transport.request('identity', {
    method: 'POST',
    path: '/internal/instances/declare',
    headers: { 'content-type': 'application/json', 'x-latchkey-context': signer.sign(systemContext('declare')) },
    body: JSON.stringify({
      applications: [{ name: 'declared', instances: [{ ...instance, secret_keys: secretKeys, settings }] }],
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

describe('the keys of a declaration', () => {
  const OTHER_KEY = 'sk_test_another0123456789abcdefghij';
  const statusWith = async (key: string) =>
    (await latchkey.bapi.with({ authorization: `Bearer ${key}` }).get('/v1/instance')).status;

  /** Until the gateway has learned of it: what it knows of keys holds for a few seconds. */
  async function answers(key: string, status: number): Promise<void> {
    await until(`the key answers ${status}`, async () => (await statusWith(key)) === status, 15_000);
  }

  it('are revoked when they leave it, and good again when they return', async () => {
    await declare({}, [SECRET_KEY, OTHER_KEY]);
    expect([await statusWith(SECRET_KEY), await statusWith(OTHER_KEY)]).toEqual([200, 200]);

    const left = await declare({}, [SECRET_KEY]);
    expect(left.is_changed).toBe(true);
    await answers(OTHER_KEY, 401);
    expect(await statusWith(SECRET_KEY)).toBe(200);
    expect((await declare({}, [SECRET_KEY])).is_changed).toBe(false);

    await declare({}, [OTHER_KEY]);
    await answers(OTHER_KEY, 200);
    await answers(SECRET_KEY, 401);
    await declare({});
    await answers(SECRET_KEY, 200);
  }, 60_000);

  it('are refused where they are of the other environment', async () => {
    const live = 'sk_live_declared0123456789abcdefghij';

    await expect(declare({}, [SECRET_KEY, live])).rejects.toThrow(/secret_keys\.1 must begin with sk_test_/);
    await expect(declare({}, [], { publishable_key: 'pk_live_ZGVjbGFyZWQk' })).rejects.toThrow(
      /publishable_key must begin with pk_test_/,
    );
    const production = { name: 'live', environment: 'production', frontend_api: 'live.latchkey.test' };
    await expect(declare({}, [SECRET_KEY], production)).rejects.toThrow(/secret_keys\.0 must begin with sk_live_/);
    await declare({}, [live], production);
  });
});

describe('the addresses of a declaration', () => {
  it.each(['/sign-in', 'shop.example/sign-in', 'javascript:alert(1)'])('refuses %s', async (address) => {
    await expect(declare({ display: { sign_in_url: address } })).rejects.toThrow('must be a whole address');
  });

  it('takes whole ones', async () => {
    const target = { url: latchkey.at.fapiUrl, host: 'declared.latchkey.test' };
    await declare({ display: { sign_in_url: 'https://shop.example/sign-in', logo_image_url: '' } });

    const { body } = await new TestBrowser(target).get('/v1/environment');
    expect(body.display_config).toMatchObject({ sign_in_url: 'https://shop.example/sign-in', logo_image_url: '' });
    await declare({});
  });
});
