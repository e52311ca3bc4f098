/** @needs chromium */
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
import {
  enter,
  enterCode,
  enterIdentifier,
  enterPassword,
  fillSignUp,
  hasNoSession,
  hasSession,
  person,
  pressContinue,
  signIn,
  signUp,
  TEST_CODE,
} from './people.js';

const chromium = useChromium();
const portal = (path: string) => `${running().app.CLERK_PROXY_URL}/${path}`;

/** The text that the form shows beside what is wrong. */
const complaint = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

describe('the account portal: sign-up', () => {
  it('signs up with an e-mail code and a password, and leads to the profile', async () => {
    const page = await chromium.page();
    const someone = await signUp(page, portal('sign-up'));
    await page.waitForURL(portal('user'));
    await page.getByText(someone.email).first().waitFor();
    const { data } = await clerkClient().users.getUserList({ emailAddress: [someone.email] });
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ passwordEnabled: true });
  });

  it('says that a code is wrong, and takes the right one after it', async () => {
    const page = await chromium.page();
    await page.goto(portal('sign-up'));
    await fillSignUp(page, person());
    await enterCode(page, '111111');
    await complaint(page, /incorrect/i);
    await enterCode(page, TEST_CODE);
    await hasSession(page);
  });

  it('says that an address is taken', async () => {
    const someone = person();
    await clerkClient().users.createUser({ emailAddress: [someone.email], password: someone.password });
    const page = await chromium.page();
    await page.goto(portal('sign-up'));
    await fillSignUp(page, someone);
    await complaint(page, /taken/i);
  });

  it('says that a password is too short, and that one is known from a breach', async () => {
    const page = await chromium.page();
    await page.goto(portal('sign-up'));
    await fillSignUp(page, { ...person(), password: 'short' });
    await complaint(page, /must contain 8 or more characters/i);
    await page.getByLabel('Password', { exact: true }).fill('password123');
    await pressContinue(page);
    await complaint(page, /found as part of a breach/i);
  });
});

describe('the account portal: sign-in', () => {
  const someone = person();

  beforeAll(async () => {
    await clerkClient().users.createUser({ emailAddress: [someone.email], password: someone.password });
  });

  it('signs in with the password', async () => {
    const page = await chromium.page();
    await signIn(page, portal('sign-in'), someone);
    await page.waitForURL(portal('user'));
    await page.getByText(someone.email).first().waitFor();
  });

  it('signs in with an e-mail code', async () => {
    const page = await chromium.page();
    await page.goto(portal('sign-in'));
    await enterIdentifier(page, someone.email);
    await page.getByRole('link', { name: /use another method/i }).click();
    await page.getByRole('button', { name: /email code to/i }).click();
    await enterCode(page, TEST_CODE);
    await hasSession(page);
  });

  it('says that a code is wrong', async () => {
    const page = await chromium.page();
    await page.goto(portal('sign-in'));
    await enterIdentifier(page, someone.email);
    await page.getByRole('link', { name: /use another method/i }).click();
    await page.getByRole('button', { name: /email code to/i }).click();
    await enterCode(page, '111111');
    await complaint(page, /incorrect/i);
  });

  it('says that the password is wrong', async () => {
    const page = await chromium.page();
    await page.goto(portal('sign-in'));
    await enterIdentifier(page, someone.email);
    await enterPassword(page, 'not the pass phrase');
    await complaint(page, /password is incorrect/i);
  });

  it('says that it knows no such account', async () => {
    const page = await chromium.page();
    await page.goto(portal('sign-in'));
    await enterIdentifier(page, person().email);
    await complaint(page, /couldn.t find your account/i);
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
