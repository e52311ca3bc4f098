/** @needs chromium */
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { clerkClient } from './latchkey.js';
import {
  enter,
  enterIdentifier,
  enterPassword,
  hasNoSession,
  person,
  type ClerkWindow,
  type Person,
} from './people.js';
import { useReactApp } from './react-app.js';

const app = useInstance({ settings: { sessions: { single_session_mode: false } } });
const reactApp = useReactApp(app);
const chromium = useChromium();

/** Where people have a user button: at home in an app, or where Latchkey has a home for apps without. */
const places = {
  'in a React app': () => ({ home: `${reactApp.url}/`, afterSignIn: `${reactApp.url}/` }),
  'at the account portal': () => {
    const portal = app().CLERK_PROXY_URL!;
    return { home: `${portal}/`, afterSignIn: `${portal}/user` };
  },
};
type Place = ReturnType<(typeof places)[keyof typeof places]>;

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

/** Waits until this user is the one at work in the page. */
const isAtWork = (page: Page, { id }: { id: string }) =>
  page.waitForFunction((user) => (window as ClerkWindow).Clerk?.user?.id === user, id);

const sessionsOf = async ({ id }: { id: string }, status: 'active' | 'removed') =>
  (await clerkClient({ app: app() }).sessions.getSessionList({ userId: id, status })).data.length;

/** A browser in which two people are signed in, the second one at work, with the place open in two tabs. */
async function twoAccounts({ home, afterSignIn }: Place) {
  const [ada, grace] = [await someone(), await someone()];
  const page = await chromium.page();
  await enter(page, home, ada);
  await page.goto(home);
  await choose(page, 'Add account');
  await page.waitForURL(/\/sign-in/);
  await enterIdentifier(page, grace.email);
  await enterPassword(page, grace.password);
  await page.waitForURL(afterSignIn);
  await isAtWork(page, grace);
  if (page.url() !== home) await page.goto(home);
  const tab = await page.context().newPage();
  await tab.goto(home);
  await isAtWork(tab, grace);
  return { ada, grace, page, tab };
}

describe.each(Object.entries(places))('several accounts in one browser, %s', (_, at) => {
  it('adds a second one and switches back to the first, which a second tab then shows too', async () => {
    const { ada, grace, page, tab } = await twoAccounts(at());

    await choose(page, ada.email);

    await isAtWork(page, ada);
    await tab.reload();
    await isAtWork(tab, ada);
    expect(await sessionsOf(ada, 'active')).toBe(1);
    expect(await sessionsOf(grace, 'active')).toBe(1);
  });

  it('signs out of one, and goes on with the other', async () => {
    const { ada, grace, page, tab } = await twoAccounts(at());

    await choose(page, 'Sign out');

    // What is left is offered to choose from.
    await page.getByRole('button', { name: ada.email }).click();
    await isAtWork(page, ada);
    await tab.reload();
    await isAtWork(tab, ada);
    expect(await sessionsOf(grace, 'removed')).toBe(1);
    expect(await sessionsOf(ada, 'active')).toBe(1);
  });

  it('signs out of all, in the second tab as well', async () => {
    const { ada, grace, page, tab } = await twoAccounts(at());

    await choose(page, 'Sign out of all accounts');

    await hasNoSession(page);
    await hasNoSession(tab);
    expect(await sessionsOf(ada, 'active')).toBe(0);
    expect(await sessionsOf(grace, 'active')).toBe(0);
  });
});
