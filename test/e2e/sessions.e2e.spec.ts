/** @needs chromium */
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
import {
  enter,
  hasNoSession,
  hasSession,
  person,
  sessionToken,
  signIn,
  signUp,
  type ClerkWindow,
  type Person,
} from './people.js';
import { useReactApp } from './react-app.js';

const chromium = useChromium();
const reactApp = useReactApp();

async function someone(): Promise<Person & { id: string }> {
  const made = person();
  const { id } = await clerkClient().users.createUser({ emailAddress: [made.email], password: made.password });
  return { ...made, id };
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as {
    exp: number;
    iat: number;
    sid: string;
    sub: string;
  };

describe('a React app in development', () => {
  it('boots with a browser of its own, and nobody signed in', async () => {
    const page = await chromium.page();
    await page.goto(reactApp.url);
    await page.getByText('Nobody is signed in').waitFor();
    const cookies = await page.context().cookies(reactApp.url);
    expect(cookies.map(({ name }) => name)).toContain('__clerk_db_jwt');
    expect(cookies.find(({ name }) => name === '__client_uat')?.value).toBe('0');
  });

  it('signs up, keeps the session over a reload, and signs out with the user button', async () => {
    const page = await chromium.page();
    await signUp(page, `${reactApp.url}/sign-up`);
    await page.waitForURL(`${reactApp.url}/`);
    const session = await page.getByTestId('session').textContent();
    await page.reload();
    expect(await page.getByTestId('session').textContent()).toBe(session);

    await page.getByRole('button', { name: /user menu/i }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();

    await page.getByText('Nobody is signed in').waitFor();
    await page.reload();
    await page.getByText('Nobody is signed in').waitFor();
    expect((await clerkClient().sessions.getSession(session!)).status).toBe('removed');
  });

  it('signs in with the form, and goes where the page wanted to', async () => {
    const page = await chromium.page();
    const user = await someone();
    await signIn(page, `${reactApp.url}/sign-in?redirect_url=${encodeURIComponent(`${reactApp.url}/profile`)}`, user);
    await page.waitForURL(`${reactApp.url}/profile`);
    await page.getByText(user.email).first().waitFor();
  });
});

/** Where people are signed in: in an app, or at home at the account portal. */
const places = {
  'in a React app': () => `${reactApp.url}/`,
  'at the account portal': () => `${running().app.CLERK_PROXY_URL}/`,
};

describe.each(Object.entries(places))('a session %s', (_, at) => {
  it('is over in a second tab when the first one signs out', async () => {
    const user = await someone();
    const first = await chromium.page();
    await enter(first, at(), user);
    await first.goto(at());
    const second = await first.context().newPage();
    await second.goto(at());
    await hasSession(second);
    expect(claimsOf(await sessionToken(second)).sub).toBe(user.id);

    await first.getByRole('button', { name: /user menu/i }).click();
    await first.getByRole('button', { name: 'Sign out' }).click();

    await hasNoSession(second);
  });

  it('gets a new token before the old one ends', async () => {
    const page = await chromium.page();
    await page.clock.install();
    await enter(page, at(), await someone());
    const before = await sessionToken(page);
    const { exp, iat } = claimsOf(before);
    const asked = page.waitForResponse((response) => /\/sessions\/sess_[^/]+\/tokens/.test(response.url()));

    await page.clock.fastForward((exp - iat - 5) * 1000);

    expect((await asked).status()).toBe(200);
    const after = await sessionToken(page);
    expect(after).not.toBe(before);
    expect(claimsOf(after).sid).toBe(claimsOf(before).sid);
  });

  it('is over at its next call when it is revoked', async () => {
    const page = await chromium.page();
    await enter(page, at(), await someone());
    const { sid } = claimsOf(await sessionToken(page));

    await clerkClient().sessions.revokeSession(sid);
    await page.evaluate(() =>
      (window as ClerkWindow).Clerk!.session!.getToken({ skipCache: true }).catch(() => undefined),
    );

    await hasNoSession(page);
    await page.reload();
    await hasNoSession(page);
  });
});
