/** @needs chromium */
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
import {
  enterCode,
  enterIdentifier,
  enterPassword,
  fillSignUp,
  hasSession,
  person,
  signIn,
  signUp,
  TEST_CODE,
} from './people.js';
import { useReactApp } from './react-app.js';

const chromium = useChromium();
const reactApp = useReactApp();

/** Where the forms are: at the account portal, or in the pages of an app. */
const places = {
  'at the account portal': () => {
    const portal = running().app.CLERK_PROXY_URL!;
    return { signIn: `${portal}/sign-in`, signUp: `${portal}/sign-up`, afterwards: `${portal}/user` };
  },
  'in a React app': () => {
    const { url } = reactApp;
    return { signIn: `${url}/sign-in`, signUp: `${url}/sign-up`, afterwards: `${url}/` };
  },
};

/** The text that the form shows beside what is wrong. */
const complaint = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

describe.each(Object.entries(places))('sign-up %s', (_, at) => {
  it('signs up with an e-mail code and a password, and leads on', async () => {
    const page = await chromium.page();
    const someone = await signUp(page, at().signUp);
    await page.waitForURL(at().afterwards);
    const { data } = await clerkClient().users.getUserList({ emailAddress: [someone.email] });
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ passwordEnabled: true });
  });

  it('says that a code is wrong, and takes the right one after it', async () => {
    const page = await chromium.page();
    await page.goto(at().signUp);
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
    await page.goto(at().signUp);
    await fillSignUp(page, someone);
    await complaint(page, /taken/i);
  });

  it.each([
    ['too short', 'short', /must contain 8 or more characters/i],
    ['known from a breach', 'password123', /found as part of a breach/i],
  ])('says that a password is %s', async (_, password, words) => {
    const page = await chromium.page();
    await page.goto(at().signUp);
    await fillSignUp(page, { ...person(), password });
    await complaint(page, words);
  });
});

describe.each(Object.entries(places))('sign-in %s', (_, at) => {
  const someone = person();

  beforeAll(async () => {
    await clerkClient().users.createUser({ emailAddress: [someone.email], password: someone.password });
  });

  it('signs in with the password', async () => {
    const page = await chromium.page();
    await signIn(page, at().signIn, someone);
    await page.waitForURL(at().afterwards);
  });

  it('signs in with an e-mail code', async () => {
    const page = await chromium.page();
    await page.goto(at().signIn);
    await enterIdentifier(page, someone.email);
    await page.getByRole('link', { name: /use another method/i }).click();
    await page.getByRole('button', { name: /email code to/i }).click();
    await enterCode(page, TEST_CODE);
    await hasSession(page);
  });

  it('says that a code is wrong', async () => {
    const page = await chromium.page();
    await page.goto(at().signIn);
    await enterIdentifier(page, someone.email);
    await page.getByRole('link', { name: /use another method/i }).click();
    await page.getByRole('button', { name: /email code to/i }).click();
    await enterCode(page, '111111');
    await complaint(page, /incorrect/i);
  });

  it('says that the password is wrong', async () => {
    const page = await chromium.page();
    await page.goto(at().signIn);
    await enterIdentifier(page, someone.email);
    await enterPassword(page, 'not the pass phrase');
    await complaint(page, /password is incorrect/i);
  });

  it('says that it knows no such account', async () => {
    const page = await chromium.page();
    await page.goto(at().signIn);
    await enterIdentifier(page, person().email);
    await complaint(page, /couldn.t find your account/i);
  });
});
