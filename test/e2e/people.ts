import { randomUUID } from 'node:crypto';
import type { LoadedClerk } from '@clerk/shared/types';
import type { Page } from 'playwright-core';

/** Somebody who uses an app: what they type. */
export interface Person {
  email: string;
  password: string;
}

/** The code of every test address. */
export const TEST_CODE = '424242';

/** Somebody new. Their address is a test address, so that its code is known. */
export const person = (): Person => ({
  email: `${randomUUID()}+clerk_test@example.com`,
  password: `a pass phrase ${randomUUID()}`,
});

/** The smallest picture there is, as a file to upload: one red pixel. */
export const PICTURE = {
  name: 'picture.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
    'base64',
  ),
};

/** A page on which the SDK's script runs. */
export type ClerkWindow = Window & { Clerk?: LoadedClerk };

/** Fills in the sign-up form that `page` shows, up to the code. */
export async function fillSignUp(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await pressContinue(page);
}

/** Signs somebody up in the form at `url`, until they have a session. */
export async function signUp(page: Page, url: string, someone: Person = person()): Promise<Person> {
  await page.goto(url);
  await fillSignUp(page, someone);
  await enterCode(page, TEST_CODE);
  await hasSession(page);
  return someone;
}

/** Signs in with the password in the form at `url`, until there is a session. */
export async function signIn(page: Page, url: string, someone: Person): Promise<void> {
  await page.goto(url);
  await enterIdentifier(page, someone.email);
  await enterPassword(page, someone.password);
  await hasSession(page);
}

/** Signs in through the SDK that the page at `url` has loaded, without its form. */
export async function enter(page: Page, url: string, { email, password }: Person): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() => (window as ClerkWindow).Clerk?.loaded);
  await page.evaluate(
    async ([identifier, password]) => {
      const clerk = (window as ClerkWindow).Clerk!;
      const signIn = await clerk.client.signIn.create({ identifier: identifier!, password });
      await clerk.setActive({ session: signIn.createdSessionId });
    },
    [email, password],
  );
  await hasSession(page);
}

/** The sign-in form's first step. */
export async function enterIdentifier(page: Page, identifier: string): Promise<void> {
  await page.getByLabel(/^Email address/).fill(identifier);
  await pressContinue(page);
}

/** The sign-in form's second step. */
export async function enterPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await pressContinue(page);
}

export async function enterCode(page: Page, code: string): Promise<void> {
  const field = page.getByRole('textbox', { name: /verification code/i });
  // A code that was refused stays until it is typed over.
  await field.fill('');
  await field.pressSequentially(code);
}

/** By keyboard: a hint that appears below a field moves the button away from under a mouse that has just been pressed. */
export const pressContinue = (page: Page) => page.getByRole('button', { name: 'Continue', exact: true }).press('Enter');

/** Waits until somebody is signed in, whatever page that leads to. */
export async function hasSession(page: Page): Promise<void> {
  await page.waitForFunction(() => Boolean((window as ClerkWindow).Clerk?.session));
}

/** Waits until the SDK is there and nobody is signed in. */
export async function hasNoSession(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const { Clerk } = window as ClerkWindow;
    return Clerk?.loaded && !Clerk.session;
  });
}

/** Waits until the page is at this path. `waitForURL` minds a navigation that another one overtakes; this does not. */
export async function isAt(page: Page, path: string): Promise<void> {
  await page.waitForFunction((asked) => window.location.pathname === asked, path);
}

/** A session token of the page's active session, as the app would send it. */
export async function sessionToken(page: Page): Promise<string> {
  // A page made on the server shows its user before the SDK is there.
  await hasSession(page);
  const token = await page.evaluate(() => (window as ClerkWindow).Clerk?.session?.getToken());
  if (!token) throw new Error('the page has no session token');
  return token;
}
