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

const portal = (path: string) => `${at().fapiUrl}/${path}`;
/** The code may be asked for before the page of the form goes: only the SDK knows on the next page that it was. */
const codeSent = (page: Page) =>
  page.waitForFunction(() => (window as ClerkWindow).Clerk?.client?.signUp?.verifications.emailAddress.expireAt);
const complaint = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

describe('the account portal, as time goes by', () => {
  it('says that a code has expired', async () => {
    const page = await chromium.page();
    await page.goto(portal('sign-up'));
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
    await page.goto(portal('sign-in'));
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
