/** @needs chromium */
import { randomInt, randomUUID } from 'node:crypto';
import type { LoadedClerk } from '@clerk/shared/types';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { clerkClient, running } from './latchkey.js';
import { enter, enterCode, fillSignUp, hasSession, person, sessionToken } from './people.js';
import { useReactApp } from './react-app.js';

const app = useInstance({
  settings: {
    sessions: { reverification: false },
    attributes: {
      phone_number: { enabled: true, used_for_first_factor: true, first_factors: ['phone_code'] },
    },
  },
});
const reactApp = useReactApp(app);
const chromium = useChromium();
const clerk = () => clerkClient({ app: app() });

async function someone(more: object = {}) {
  const made = person();
  const { id } = await clerk().users.createUser({ emailAddress: [made.email], password: made.password, ...more });
  return { ...made, id };
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

describe('sign-in tokens in the browser', () => {
  it('signs in with the ticket in the address of the sign-in page, once', async () => {
    const { id } = await someone();
    const { token } = await clerk().signInTokens.createSignInToken({ userId: id, expiresInSeconds: 600 });
    const page = await chromium.page();
    await page.goto(`${reactApp.url}/sign-in?__clerk_ticket=${token}`);
    await hasSession(page);
    await page.waitForURL(`${reactApp.url}/`);
    expect(await page.getByTestId('user').textContent()).toBe(id);

    const other = await chromium.page();
    const refused = other.waitForResponse(
      (response) => response.request().method() === 'POST' && response.url().includes('/v1/client/sign_ins'),
    );
    await other.goto(`${reactApp.url}/sign-in?__clerk_ticket=${token}`);
    expect((await refused).status()).toBe(400);
  });

  it('signs in by the link of the token, at the account portal', async () => {
    const { id } = await someone();
    const { url } = await clerk().signInTokens.createSignInToken({ userId: id, expiresInSeconds: 600 });
    const page = await chromium.page();
    await page.goto(url);
    await hasSession(page);
    expect(claimsOf(await sessionToken(page)).sub).toBe(id);
  });
});

describe('impersonation in the browser', () => {
  it('acts as the user, and every token says who really does', async () => {
    const { id } = await someone();
    const actor = { sub: `user_${randomUUID().replaceAll('-', '')}` };
    const { token } = await clerk().actorTokens.create({ userId: id, actor, expiresInSeconds: 600 });
    const page = await chromium.page();
    await page.goto(`${reactApp.url}/sign-in?__clerk_ticket=${token!}`);
    await hasSession(page);
    await page.waitForURL(`${reactApp.url}/`);
    expect(await page.getByTestId('user').textContent()).toBe(id);
    expect(claimsOf(await sessionToken(page))).toMatchObject({ sub: id, act: actor });
    const session = await page.evaluate(() => (window as unknown as { Clerk: LoadedClerk }).Clerk.session?.actor);
    expect(session).toMatchObject(actor);
  });
});

describe('the inbox', () => {
  // Where mails are really sent, nothing keeps them to be shown.
  const isKept = () => running().mode === 'standalone';
  const inbox = () => `${app().CLERK_PROXY_URL}/inbox`;

  it('shows the mail whose code completes a sign-up; where mails are really sent there is none', async () => {
    const page = await chromium.page();
    if (!isKept()) {
      expect((await page.goto(inbox()))?.status()).toBe(404);
      return;
    }
    const ada = { ...person(), email: `${randomUUID()}@example.com` };
    const tab = await page.context().newPage();
    await tab.goto(inbox());
    await page.goto(`${reactApp.url}/sign-up`);
    await fillSignUp(page, ada);
    // It shows new ones by itself.
    const mail = tab.getByRole('article').filter({ hasText: ada.email });
    await mail.waitFor();
    const [code] = /\b\d{6}\b/.exec((await mail.locator('pre').textContent())!)!;
    await enterCode(page, code);
    await hasSession(page);
  });

  it('shows messages to phones', async () => {
    if (!isKept()) return;
    const phone = `+1415${randomInt(200, 555)}${randomInt(1000, 9999)}`;
    const ada = await someone({ phoneNumber: [phone] });
    const page = await chromium.page();
    await page.goto(reactApp.url);
    await page.waitForFunction(() => (window as unknown as { Clerk?: LoadedClerk }).Clerk?.loaded);
    await page.evaluate(async (identifier) => {
      const { client } = (window as unknown as { Clerk: LoadedClerk }).Clerk;
      const attempt = await client.signIn.create({ identifier });
      const factor = attempt.supportedFirstFactors!.find(({ strategy }) => strategy === 'phone_code')!;
      await attempt.prepareFirstFactor(factor as Parameters<typeof attempt.prepareFirstFactor>[0]);
    }, phone);
    const tab = await page.context().newPage();
    await tab.goto(inbox());
    const sms = tab.getByRole('article').filter({ hasText: `SMS to ${phone}` });
    const [code] = /\b\d{6}\b/.exec((await sms.locator('pre').textContent())!)!;
    await page.evaluate(async (code) => {
      const clerk = (window as unknown as { Clerk: LoadedClerk }).Clerk;
      const attempt = await clerk.client.signIn.attemptFirstFactor({ strategy: 'phone_code', code });
      await clerk.setActive({ session: attempt.createdSessionId });
    }, code);
    expect(await page.getByTestId('user').textContent()).toBe(ada.id);
  });
});

describe('testing tokens in the browser', () => {
  it('ride on every call of the page, as test runners have it', async () => {
    const { token } = await clerk().testingTokens.createTestingToken();
    const page = await chromium.page();
    const refused: string[] = [];
    await page.route(`${app().CLERK_PROXY_URL}/v1/**`, async (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set('__clerk_testing_token', token);
      await route.continue({ url: url.href });
    });
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(response.url());
    });
    await enter(page, reactApp.url, await someone());
    expect(refused).toEqual([]);
  });
});
