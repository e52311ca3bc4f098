/** @needs chromium */
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { useChromium } from './chromium.js';
import { useProduction } from './instances.js';
import { clerkClient } from './latchkey.js';
import { useNextApp } from './next-app.js';
import { enterIdentifier, enterPassword, hasSession, person } from './people.js';
import { chromiumFlags, startTerminator } from './tls.js';

/** A Next.js app of a production instance, which the account portal signs in to, each on a host of its own, over TLS. */
const app = useProduction();
const HOST = 'next.live.test';
const HANDSHAKE = 'https://clerk.live.test/v1/client/handshake';
const nextApp = useNextApp(app, 'https://accounts.live.test/sign-in');
const at = (path: string) => `https://${HOST}${path}`;
let terminator: Server;

beforeAll(async () => {
  terminator = await startTerminator(Number(new URL(nextApp.url).port));
});

afterAll(() => {
  terminator.close();
  terminator.closeAllConnections();
});

const chromium = useChromium(() => chromiumFlags({ [HOST]: (terminator.address() as AddressInfo).port }));

describe('a Next.js app in production', () => {
  it('sends whoever is not signed in to the portal, finds out by a handshake who has come back, and when they are gone', async () => {
    const someone = person();
    const clerk = clerkClient({ app: app() });
    const { id } = await clerk.users.createUser({ emailAddress: [someone.email], password: someone.password });
    const page = await chromium.page();
    const handshakes: string[] = [];
    page.on('request', (request) => {
      if (request.url().startsWith(`${HANDSHAKE}?`)) handshakes.push(request.url());
    });

    await page.goto(at('/protected'));
    await page.waitForURL('https://accounts.live.test/sign-in**');
    expect(handshakes).toEqual([]);
    await enterIdentifier(page, someone.email);
    await enterPassword(page, someone.password);
    await page.waitForURL(at('/protected'));

    // The portal has set a session on its own host: to the app's it comes by the handshake, once.
    expect(await page.getByTestId('user').textContent()).toBe(id);
    expect(await page.getByTestId('email').textContent()).toBe(someone.email);
    expect(handshakes).toHaveLength(1);
    const cookies = await page.context().cookies(at('/'));
    expect(cookies.find(({ name }) => name === '__session')).toMatchObject({ domain: HOST, secure: true });
    expect(cookies.filter(({ name }) => name.startsWith('__clerk_handshake'))).toEqual([]);

    await page.goto(at('/'));
    await hasSession(page);
    await page.getByText('Somebody is signed in').waitFor();
    expect(handshakes).toHaveLength(1);

    const { data } = await clerk.sessions.getSessionList({ userId: id, status: 'active' });
    for (const session of data) await clerk.sessions.revokeSession(session.id);
    // A session token that is gone, as after a minute.
    await page.context().clearCookies({ name: /^__session/, domain: HOST });
    await page.goto(at('/protected'));
    await page.waitForURL('https://accounts.live.test/sign-in**');
    expect(handshakes).toHaveLength(2);
  });
});
