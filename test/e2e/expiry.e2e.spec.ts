/** @needs chromium */
import { startPostgres, useLatchkey, type PostgresBacking } from '@latchkey/testing';
import type { Page } from 'playwright-core';
import { prepareTemplates } from '../../libs/testing/src/databases.js';
import { useChromium } from './chromium.js';
import {
  type ClerkWindow,
  enterCode,
  enterIdentifier,
  enterPassword,
  fillSignUp,
  hasSession,
  person,
  TEST_CODE,
} from './people.js';
import { useReactApp } from './react-app.js';

/**
 * What the forms say when time has passed. A Latchkey that runs as its users run it has the machine's time, so this one is
 * composed in the test's own process, on a clock of its own, whichever way the other specs run. Its limits are on, too.
 */
let postgres: PostgresBacking;

beforeAll(async () => {
  postgres = await startPostgres();
  process.env.TEST_DATABASE_URL = postgres.url;
  await prepareTemplates(postgres.url);
}, 120_000);

const { bapi, clock, at } = withLatchkey();
const reactApp = useReactApp(() => {
  const { fapiUrl, instance } = at();
  return {
    CLERK_PUBLISHABLE_KEY: instance.publishableKey,
    CLERK_PROXY_URL: fapiUrl,
    CLERK_JS_URL: `${fapiUrl}/npm/@clerk/clerk-js@6/dist/clerk.browser.js`,
    CLERK_UI_URL: `${fapiUrl}/npm/@clerk/ui@1/dist/ui.browser.js`,
    CLERK_TELEMETRY_DISABLED: '1',
  };
});
const chromium = useChromium();

afterAll(async () => {
  delete process.env.TEST_DATABASE_URL;
  await postgres.stop();
}, 60_000);

// What the test before has spent of the limits is forgotten.
beforeEach(() => clock.advance(11_000));

/** The harness, whose hooks come after the one above. */
function withLatchkey() {
  const latchkey = useLatchkey({ env: { GATEWAY_RATE_LIMITS: 'on' } });
  return { bapi: latchkey.bapi, clock: latchkey.clock, at: () => latchkey.at };
}

/** Where the forms are: at the account portal, or in the pages of an app. */
const places = { 'at the account portal': () => at().fapiUrl, 'in a React app': () => reactApp.url };
/** The code may be asked for before the page of the form goes: only the SDK knows on the next page that it was. */
const codeSent = (page: Page) =>
  page.waitForFunction(() => (window as ClerkWindow).Clerk?.client?.signUp?.verifications.emailAddress.expireAt);
const complaint = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

describe.each(Object.entries(places))('as time goes by, %s', (_, url) => {
  it('says that a code has expired', async () => {
    const page = await chromium.page();
    await page.goto(`${url()}/sign-up`);
    await fillSignUp(page, person());
    await page.waitForURL(/verify-email-address/);
    await codeSent(page);
    // The page may ask for a code of its own when it opens; one that is asked for later than this has not expired.
    await page.waitForLoadState('networkidle');

    clock.advance(11 * 60_000);
    await enterCode(page, TEST_CODE);
    await complaint(page, /expired/i);
  });

  it('says that there were too many attempts in a short time, and lets in after it', async () => {
    const someone = person();
    const { status } = await bapi.post('/v1/users', { email_address: [someone.email], password: someone.password });
    expect(status).toBe(200);
    const page = await chromium.page();
    await page.goto(`${url()}/sign-in`);
    await enterIdentifier(page, someone.email);
    const attempt = async (password: string) => {
      const answer = page.waitForResponse(/attempt_first_factor/);
      await enterPassword(page, password);
      return (await answer).status();
    };
    for (const wrong of ['one wrong', 'two wrong', 'three wrong']) expect(await attempt(`${wrong} phrase`)).toBe(422);

    expect(await attempt(someone.password)).toBe(429);
    await complaint(page, /too many/i);

    clock.advance(11_000);
    expect(await attempt(someone.password)).toBe(200);
    await hasSession(page);
  });
});

describe('with a testing token, in the browser', () => {
  /** What came of as many sign-ins, begun one after the other by the page's own SDK. */
  const begin = (page: Page, times: number) =>
    page.evaluate(async (times) => {
      const outcomes: string[] = [];
      for (let n = 0; n < times; n++)
        await (window as ClerkWindow)
          .Clerk!.client.signIn.create({ identifier: `nobody-${n}@example.com` })
          .then(() => outcomes.push('begun'))
          .catch(({ errors: [error] }: { errors: { code: string }[] }) => outcomes.push(error!.code));
      return outcomes;
    }, times);

  it('begins more sign-ins than one address may otherwise', async () => {
    const page = await chromium.page();
    await page.goto(`${at().fapiUrl}/sign-in`);
    await page.waitForFunction(() => (window as ClerkWindow).Clerk?.loaded);
    const unknown = (times: number) => Array.from({ length: times }, () => 'form_identifier_not_found');
    expect(await begin(page, 6)).toEqual([...unknown(5), 'too_many_requests']);

    const { body } = await bapi.post('/v1/testing_tokens');
    // As test runners have it: the token rides on every call of the page.
    await page.route(`${at().fapiUrl}/v1/**`, async (route) => {
      const asked = new URL(route.request().url());
      asked.searchParams.set('__clerk_testing_token', String(body.token));
      await route.continue({ url: asked.href });
    });
    expect(await begin(page, 12)).toEqual(unknown(12));
  });
});
