/** @needs chromium */
import { randomUUID } from 'node:crypto';
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
import {
  enter,
  enterIdentifier,
  enterPassword,
  fillSignUp,
  hasNoSession,
  hasSession,
  person,
  sessionToken,
  signIn,
} from './people.js';

const chromium = useChromium();
const portal = (path: string) => `${running().app.CLERK_PROXY_URL}/${path}`;

describe('the account portal: sign-up by mail', () => {
  it('sends one code by mail, and shows no error on the way', async () => {
    const page = await chromium.page();
    const email = `${randomUUID()}@example.com`;
    const refused: string[] = [];
    page.on('response', (answer) => {
      if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
    });
    await page.goto(portal('sign-up'));
    const pages = await page.evaluate(() => performance.timeOrigin);
    await fillSignUp(page, { ...person(), email });
    await page.waitForURL(portal('sign-up/verify-email-address'));
    await page.getByRole('textbox', { name: /verification code/i }).waitFor();
    await page.waitForLoadState('networkidle');

    // Still the page that was opened: a new one would ask for a second code, and be refused.
    expect(await page.evaluate(() => performance.timeOrigin)).toBe(pages);
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await page.getByText(/a moment ago/i).count()).toBe(0);
    expect(refused).toEqual([]);

    await page.goBack();
    await page.getByLabel('Email address').waitFor();
  });
});

describe('the account portal: the profile', () => {
  const someone = person();

  beforeAll(async () => {
    await clerkClient().users.createUser({ emailAddress: [someone.email], password: someone.password });
  });

  it('sends whoever is not signed in from the profile to the sign-in, and back', async () => {
    const page = await chromium.page();
    await page.goto(portal('user'));
    await page.waitForURL(/\/sign-in/);
    await enterIdentifier(page, someone.email);
    await enterPassword(page, someone.password);
    await page.waitForURL(portal('user'));
    await hasSession(page);
  });

  it('sends whoever is not signed in from a task to the sign-in', async () => {
    const page = await chromium.page();
    await page.goto(portal('tasks/choose-organization'));
    await page.waitForURL(/\/sign-in/);
    await enterIdentifier(page, someone.email);
  });

  it('signs out', async () => {
    const page = await chromium.page();
    await signIn(page, portal('sign-in'), someone);
    await page.waitForURL(portal('user'));
    await hasSession(page);
    // It leaves for the home page by itself; a visit that begins before would be interrupted.
    await page.evaluate(() => void (window as unknown as { Clerk: { signOut(): Promise<void> } }).Clerk.signOut());
    await page.waitForURL(portal(''));
    await page.goto(portal('sign-in'));
    await hasNoSession(page);
  });
});

describe('the account portal: the user button', () => {
  it('shows who is signed in, leads to the profile, and signs out', async () => {
    const someone = person();
    await clerkClient().users.createUser({ emailAddress: [someone.email], password: someone.password });
    const page = await chromium.page();
    await enter(page, portal(''), someone);
    await page.goto(portal(''));
    await page.getByRole('button', { name: /user menu/i }).click();
    const panel = page.getByRole('dialog', { name: 'Account panel' });
    await panel.getByText(someone.email).waitFor();
    await panel.getByRole('button', { name: 'Manage account' }).click();
    await page.getByRole('button', { name: 'Add email address' }).waitFor();

    await page.goto(portal(''));
    await page.getByRole('button', { name: /user menu/i }).click();
    await panel.getByRole('button', { name: 'Sign out' }).click();
    await panel.waitFor({ state: 'detached' });
    await hasNoSession(page);
    // In a tab of its own: this one is about to leave the page by itself.
    const tab = await page.context().newPage();
    await tab.goto(portal('user'));
    await tab.waitForURL(/\/sign-in/);
  });
});

describe('the account portal: ways on', () => {
  it('shows no form of a waitlist where there is none', async () => {
    const page = await chromium.page();
    await page.goto(portal('waitlist'));
    await page.getByText('There is no waitlist here.').waitFor();
  });

  it('shows the start page to whoever is signed in with links to what is theirs', async () => {
    const someone = person();
    await clerkClient().users.createUser({ emailAddress: [someone.email], password: someone.password });
    const page = await chromium.page();
    await page.goto(portal(''));
    await page.getByRole('link', { name: 'Sign up' }).waitFor();
    expect(await page.getByRole('link', { name: 'Your account' }).isVisible()).toBe(false);

    await enter(page, portal(''), someone);
    await page.goto(portal(''));
    await page.getByRole('link', { name: 'Your account' }).waitFor();
    await page.getByRole('link', { name: 'Your organizations' }).waitFor();
    expect(await page.getByRole('link', { name: /^sign (up|in)$/i }).count()).toBe(0);
  });

  it('leaves tokens that name its origin, by which a server on the same host knows whose they are', async () => {
    const someone = person();
    await clerkClient().users.createUser({ emailAddress: [someone.email], password: someone.password });
    const page = await chromium.page();
    const origins = async () => {
      const cookies = (await page.context().cookies()).filter(({ name, value }) => /^__session/.test(name) && value);
      const claims = cookies.map(({ value }) => JSON.parse(Buffer.from(value.split('.')[1]!, 'base64url').toString()));
      return claims.map(({ azp }: { azp?: string }) => azp);
    };
    const { origin } = new URL(portal(''));

    await signIn(page, portal('sign-in'), someone);
    await page.waitForURL(portal('user'));
    await hasSession(page);
    expect(await origins()).toEqual([origin, origin]);
    await page.context().clearCookies({ name: /^__session/ });
    await page.reload();
    await sessionToken(page);
    expect(await origins()).toEqual([origin, origin]);
  });
});
