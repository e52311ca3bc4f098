import { useGateway } from '../testing/use-gateway.js';

const DEV = { host: 'dev.example:4000' };
const PROD = { host: 'clerk.shop.example' };
const ACCOUNTS = { host: 'accounts.shop.example' };

const { owner, fapi, inbox } = useGateway();
beforeAll(() => {
  owner.addInstance('ins_dev', 'development', DEV.host, 'sk_test_1');
  const production = owner.addInstance('ins_prod', 'production', PROD.host, 'sk_live_1');
  owner.instances.set(ACCOUNTS.host, production);
});

describe('The account portal', () => {
  it('shows a page that loads the SDK from its own address, under a strict policy', async () => {
    const answer = await fapi({ path: '/sign-in/factor-one?redirect_url=x', headers: DEV });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'; /);
    expect(answer.headers['x-robots-tag']).toBe('noindex');
    expect(answer.text).toContain('data-clerk-publishable-key="pk_test_ins_dev"');
    expect(answer.text).toContain('data-clerk-proxy-url="http://dev.example:4000"');
    expect(answer.text).toContain('data-page="sign-in"');
    expect(answer.text).not.toContain('redirect_url');
  });

  it('serves every script that a page names', async () => {
    const { text } = await fapi({ path: '/user', headers: DEV });
    const scripts = [...text.matchAll(/src="([^"]+)"/g)].map(([, source]) => source!);
    expect(scripts).toHaveLength(3);
    for (const path of scripts) {
      const answer = await fapi({ path, headers: DEV });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toContain('javascript');
    }
  });

  it('lets the accounts host of a production instance call FAPI at its own, and sends people back to the site only', async () => {
    const answer = await fapi({ path: '/sign-in', headers: ACCOUNTS });
    expect(answer.headers['content-security-policy']).toContain("connect-src 'self' https://clerk.shop.example;");
    expect(answer.text).toContain('data-clerk-proxy-url=""');
    expect(answer.text).toContain(
      'data-origins="https://clerk.shop.example https://shop.example https://*.shop.example https://partner.example"',
    );
  });

  it('begins below the path of a proxy', async () => {
    const headers = {
      host: 'x',
      'clerk-proxy-url': 'https://www.shop.example/__clerk',
      'clerk-secret-key': 'sk_live_1',
    };
    const answer = await fapi({ path: '/sign-up', headers });
    expect(answer.text).toContain('data-base="/__clerk"');
    expect(answer.text).toContain('data-clerk-proxy-url="https://www.shop.example/__clerk"');
  });

  it('answers a host without an instance with host_invalid', async () => {
    const answer = await fapi({ path: '/sign-in', headers: { host: 'other.example' } });
    expect(answer.json().errors[0].code).toBe('host_invalid');
  });
});

describe('The home page', () => {
  it('tells a developer what to do next', async () => {
    const answer = await fapi({ path: '/', headers: DEV });
    expect(answer.text).toContain('CLERK_PUBLISHABLE_KEY=pk_test_ins_dev');
    expect(answer.text).toContain('CLERK_PROXY_URL=http://dev.example:4000');
  });

  it('leads to the account in production', async () => {
    const answer = await fapi({ path: '/', headers: PROD });
    expect(answer).toMatchObject({ status: 302, headers: { location: '/user' } });
  });
});

describe("The webhooks portal's address", () => {
  it('leads to its page, with a slash at its end and without one', async () => {
    const targets = ['/webhooks-portal', '/webhooks-portal/'].map(async (path) => {
      const { status, headers } = await fapi({ path, headers: DEV });
      return [status, new URL(String(headers.location), `http://x${path}`).pathname];
    });
    expect(await Promise.all(targets)).toEqual([
      [302, '/webhooks-portal/login'],
      [302, '/webhooks-portal/login'],
    ]);
  });
});

describe('The inbox', () => {
  const message = { instanceId: 'ins_dev', to: 'Ada@example.com', text: 'Your code is 123456: https://a.example/?b=1' };
  beforeAll(() => {
    inbox().add('sms', { ...message, to: '+15555550100', text: 'Hello' });
    inbox().add('email', { ...message, subject: '<b>Code</b>', html: '<p>"Hi"</p>' });
    inbox().add('email', { ...message, instanceId: 'ins_other', subject: 'Not yours' });
  });

  it('lists the messages of the instance, newest first', async () => {
    const answer = await fapi({ path: '/inbox/messages', headers: DEV });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json()).toMatchObject({ total_count: 2, data: [{ code: '123456' }, { kind: 'sms' }] });
    expect((await fapi({ path: '/inbox/messages?to=ada%40example.com', headers: DEV })).json().total_count).toBe(1);
  });

  it('shows them as a page in which nothing of a message is taken for HTML', async () => {
    const { text } = await fapi({ path: '/inbox', headers: DEV });
    expect(text).toContain('&lt;b&gt;Code&lt;/b&gt;');
    expect(text).toContain('srcdoc="&lt;p&gt;&quot;Hi&quot;&lt;/p&gt;"');
    expect(text).toContain('<a href="https://a.example/?b=1">https://a.example/?b=1</a>');
    expect(text).not.toContain('Not yours');
    expect(text).toContain('<a href="/">');
  });

  it('is not for the pages of other sites', async () => {
    const answer = await fapi({ path: '/inbox/messages', headers: { ...DEV, origin: 'https://evil.example' } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('does not exist in production', async () => {
    for (const path of ['/inbox', '/inbox/messages']) expect((await fapi({ path, headers: PROD })).status).toBe(404);
  });
});
