import { useLatchkey } from '@latchkey/testing';

const latchkey = useLatchkey({
  settings: { display: { application_name: 'Acme' }, attributes: { username: { enabled: true } } },
});

describe('FAPI getEnvironment', () => {
  it('tells a browser what the instance asks of its users', async () => {
    const { status, body } = await latchkey.browser().get('/v1/environment');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      auth_config: { single_session_mode: true, username: 'on', password: 'required', test_mode: true },
      display_config: { application_name: 'Acme', instance_environment_type: 'development' },
      user_settings: {
        attributes: { username: { enabled: true }, passkey: { enabled: false } },
        sign_up: { captcha_enabled: false },
      },
      organization_settings: { enabled: false },
      commerce_settings: { billing: { user: { enabled: false }, organization: { enabled: false } } },
    });
    expect(new URL(body.display_config.sign_in_url).pathname).toBe('/sign-in');
  });

  it('shows each instance its own', async () => {
    const other = await latchkey.anotherInstance({ settings: { display: { application_name: 'Other' } } });

    const { body } = await other.browser().get('/v1/environment');

    expect(body.display_config.application_name).toBe('Other');
    expect(body.user_settings.attributes.username.enabled).toBe(false);
  });
});

describe('FAPI getEnvironment of an instance whose account portal has a host of its own', () => {
  it('names the pages there', async () => {
    const accountsHost = 'accounts.shop.example';
    const origin = 'https://app.shop.example';
    const settings = { allowed_origins: [origin] };
    const shop = await latchkey.anotherInstance({ environment: 'production', accountsHost, settings });

    const { body } = await shop.browser(origin).get('/v1/environment');

    const { sign_in_url, sign_up_url, user_profile_url, after_sign_in_url, after_sign_out_all_url } =
      body.display_config;
    const paths = ['/sign-in', '/sign-up', '/user', '/user', '/sign-in'];
    expect([sign_in_url, sign_up_url, user_profile_url, after_sign_in_url, after_sign_out_all_url]).toEqual(
      paths.map((path) => `http://${accountsHost}${path}`),
    );
  });
});

describe('FAPI updateEnvironment', () => {
  it('answers the environment, as clerk-js asks for it in development', async () => {
    const { status, body } = await latchkey.browser().patch('/v1/environment');

    expect(status).toBe(200);
    expect(body.display_config.application_name).toBe('Acme');
  });
});
