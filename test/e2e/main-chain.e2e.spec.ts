/** @needs chromium */
import { verifyToken } from '@clerk/backend';
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
import { hasSession, sessionToken, signUp } from './people.js';
import { Subscriber } from './subscriber.js';

const chromium = useChromium();
let subscriber: Subscriber;

beforeAll(async () => {
  subscriber = await Subscriber.start(['user.created', 'session.created']);
});

afterAll(async () => {
  await subscriber.stop();
});

describe('the main chain', () => {
  it('signs a user up in the browser, proves the session to a server, and tells a subscriber', async () => {
    const { app, mode } = running();
    const page = await chromium.page();
    const { email } = await signUp(page, `${app.CLERK_PROXY_URL}/sign-up`);
    const signedUp = Date.now();
    await page.waitForURL(`${app.CLERK_PROXY_URL}/user`);
    await hasSession(page);
    const token = await sessionToken(page);

    const claims = await verifyToken(token, { secretKey: app.CLERK_SECRET_KEY, apiUrl: app.CLERK_API_URL });
    const event = await subscriber.next('user.created', ({ data }) => data.id === claims.sub);

    expect(claims).toMatchObject({ v: 2, sts: 'active', azp: new URL(app.CLERK_PROXY_URL!).origin });
    expect(event.data).toMatchObject({ object: 'user', email_addresses: [{ email_address: email }] });
    if (mode === 'standalone') expect(event.at - signedUp).toBeLessThan(3_000);
    expect(subscriber.refused).toEqual([]);
    expect((await clerkClient().users.getUser(claims.sub)).primaryEmailAddress?.emailAddress).toBe(email);
  });
});
