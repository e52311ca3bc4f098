/** @needs chromium */
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { clerkClient } from './latchkey.js';
import { enter, enterIdentifier, enterPassword, person, type Person } from './people.js';
import { useReactApp } from './react-app.js';

const app = useInstance({ settings: { sessions: { single_session_mode: false } } });
const reactApp = useReactApp(app);
const chromium = useChromium();

async function someone(): Promise<Person & { id: string }> {
  const made = person();
  const { id } = await clerkClient({ app: app() }).users.createUser({
    emailAddress: [made.email],
    password: made.password,
  });
  return { ...made, id };
}

/** Presses a button of the user button's panel. */
async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /user menu/i }).click();
  const panel = page.getByRole('dialog', { name: 'Account panel' });
  await panel.getByRole('button', { name }).first().click();
}

/** Waits until the page shows that this user is the one at work. */
const isAtWork = (page: Page, { id }: { id: string }) => page.getByTestId('user').filter({ hasText: id }).waitFor();

const sessionsOf = async ({ id }: { id: string }, status: 'active' | 'removed') =>
  (await clerkClient({ app: app() }).sessions.getSessionList({ userId: id, status })).data.length;

/** A browser in which two people are signed in, the second one at work, with the app open in two tabs. */
async function twoAccounts() {
  const [ada, grace] = [await someone(), await someone()];
  const page = await chromium.page();
  await enter(page, `${reactApp.url}/`, ada);
  await choose(page, 'Add account');
  await page.waitForURL(/\/sign-in/);
  await enterIdentifier(page, grace.email);
  await enterPassword(page, grace.password);
  await page.waitForURL(`${reactApp.url}/`);
  await isAtWork(page, grace);
  const tab = await page.context().newPage();
  await tab.goto(reactApp.url);
  await isAtWork(tab, grace);
  return { ada, grace, page, tab };
}

describe('several accounts in one browser', () => {
  it('adds a second one and switches back to the first, which a second tab then shows too', async () => {
    const { ada, grace, page, tab } = await twoAccounts();

    await choose(page, ada.email);

    await isAtWork(page, ada);
    await tab.reload();
    await isAtWork(tab, ada);
    expect(await sessionsOf(ada, 'active')).toBe(1);
    expect(await sessionsOf(grace, 'active')).toBe(1);
  });

  it('signs out of one, and goes on with the other', async () => {
    const { ada, grace, page, tab } = await twoAccounts();

    await choose(page, 'Sign out');

    // What is left is offered to choose from.
    await page.getByRole('button', { name: ada.email }).click();
    await page.goto(reactApp.url);
    await isAtWork(page, ada);
    await tab.reload();
    await isAtWork(tab, ada);
    expect(await sessionsOf(grace, 'removed')).toBe(1);
    expect(await sessionsOf(ada, 'active')).toBe(1);
  });

  it('signs out of all, in the second tab as well', async () => {
    const { ada, grace, page, tab } = await twoAccounts();

    await choose(page, 'Sign out of all accounts');

    await page.getByText('Nobody is signed in').waitFor();
    await tab.getByText('Nobody is signed in').waitFor();
    expect(await sessionsOf(ada, 'active')).toBe(0);
    expect(await sessionsOf(grace, 'active')).toBe(0);
  });
});
