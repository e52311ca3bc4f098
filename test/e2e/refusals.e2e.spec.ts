/** @needs chromium */
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { clerkClient } from './latchkey.js';
import { enterCode, enterIdentifier, enterPassword, fillSignUp, hasSession, person, TEST_CODE } from './people.js';
import { useReactApp } from './react-app.js';

const app = useInstance({
  settings: {
    attack_protection: { user_lockout: { max_attempts: 3 } },
    password: { show_zxcvbn: true, min_zxcvbn_strength: 3 },
  },
});
const reactApp = useReactApp(app);
const chromium = useChromium();
const clerk = () => clerkClient({ app: app() });

/** Where the forms are: at the account portal, or in the pages of an app. */
const places = { 'at the account portal': () => app().CLERK_PROXY_URL!, 'in a React app': () => reactApp.url };

/** The text that the form shows beside what is wrong. */
const complaint = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

/** Types a code until the form has taken it: keys are lost while it still shows what was wrong with the one before. */
async function attempt(page: Page, code: string): Promise<number> {
  for (;;) {
    const sent = page.waitForRequest(/attempt_verification/, { timeout: 5_000 }).catch(() => undefined);
    await enterCode(page, code);
    const answer = await (await sent)?.response();
    if (answer) return answer.status();
  }
}

describe.each(Object.entries(places))('what the forms refuse %s', (_, at) => {
  it('a code after three wrong ones, until a new one is sent', async () => {
    const page = await chromium.page();
    await page.goto(`${at()}/sign-up`);
    await fillSignUp(page, person());
    for (const wrong of ['111111', '222222', '333333']) expect(await attempt(page, wrong)).toBe(422);
    await complaint(page, /incorrect/i);
    expect(await attempt(page, TEST_CODE)).toBe(400);
    await complaint(page, 'Too many failed attempts. Ask for a new code.');
  });

  it('the right password of an account that too many wrong ones have locked', async () => {
    const someone = person();
    const { id } = await clerk().users.createUser({ emailAddress: [someone.email], password: someone.password });
    const page = await chromium.page();
    await page.goto(`${at()}/sign-in`);
    await enterIdentifier(page, someone.email);
    for (const wrong of ['one wrong pass phrase', 'two wrong pass phrases', 'three wrong pass phrases']) {
      const answer = page.waitForResponse(/attempt_first_factor/);
      await enterPassword(page, wrong);
      await answer;
    }
    await complaint(page, /your account is (now )?locked/i);
    expect((await clerk().users.getUser(id)).locked).toBe(true);

    const other = await chromium.page();
    await other.goto(`${at()}/sign-in`);
    await enterIdentifier(other, someone.email);
    const refused = other.waitForResponse(/attempt_first_factor/);
    await enterPassword(other, someone.password);
    expect((await refused).status()).toBe(403);
    // The form goes back to where it was called from.
    await other.waitForURL(`${at()}/`);

    await clerk().users.unlockUser(id);
    await other.goto(`${at()}/sign-in`);
    await enterIdentifier(other, someone.email);
    await enterPassword(other, someone.password);
    await hasSession(other);
  });

  it('a password that is easily guessed', async () => {
    const page = await chromium.page();
    await page.goto(`${at()}/sign-up`);
    await fillSignUp(page, { ...person(), password: 'abcdefgh1' });
    await complaint(page, /not strong enough/i);
  });

  it('a password that has become known since it was chosen, and offers another way', async () => {
    const someone = { ...person(), password: 'password123' };
    await clerk().users.createUser({
      emailAddress: [someone.email],
      password: someone.password,
      skipPasswordChecks: true,
    });
    const page = await chromium.page();
    await page.goto(`${at()}/sign-in`);
    await enterIdentifier(page, someone.email);
    await enterPassword(page, someone.password);
    await complaint(page, /found as part of a breach|password has been/i);
    await page.getByRole('button', { name: /email code to/i }).click();
    await enterCode(page, TEST_CODE);
    await hasSession(page);
  });
});
