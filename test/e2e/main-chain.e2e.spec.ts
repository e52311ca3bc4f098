import { randomUUID } from 'node:crypto';
import { verifyToken } from '@clerk/backend';
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
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
    const email = `${randomUUID()}+clerk_test@example.com`;
    const page = await chromium.page();

    await page.goto(`${app.CLERK_PROXY_URL}/sign-up`);
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('a long enough pass phrase 73');
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByRole('textbox', { name: /verification code/i }).pressSequentially('424242');
    await page.waitForFunction(() => (window as { Clerk?: { session?: unknown } }).Clerk?.session);
    const signedUp = Date.now();
    const token = await page.evaluate(() =>
      (window as unknown as { Clerk: { session: { getToken(): Promise<string> } } }).Clerk.session.getToken(),
    );

    const claims = await verifyToken(token, { secretKey: app.CLERK_SECRET_KEY, apiUrl: app.CLERK_API_URL });
    const event = await subscriber.next('user.created', ({ data }) => data.id === claims.sub);

    expect(claims).toMatchObject({ v: 2, sts: 'active', azp: new URL(app.CLERK_PROXY_URL!).origin });
    expect(event.data).toMatchObject({ object: 'user', email_addresses: [{ email_address: email }] });
    if (mode === 'standalone') expect(event.at - signedUp).toBeLessThan(1000);
    expect(subscriber.refused).toEqual([]);
    expect((await clerkClient().users.getUser(claims.sub)).primaryEmailAddress?.emailAddress).toBe(email);
  });
});
