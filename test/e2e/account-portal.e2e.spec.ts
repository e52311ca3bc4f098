/** @needs chromium */
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
import { enter, enterIdentifier, enterPassword, hasNoSession, hasSession, person, signIn } from './people.js';

const chromium = useChromium();
const portal = (path: string) => `${running().app.CLERK_PROXY_URL}/${path}`;

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
