/** @needs chromium */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { startExpressApp } from './express-app.js';
import { useProduction } from './instances.js';
import { clerkClient } from './latchkey.js';
import {
  enter,
  enterIdentifier,
  enterPassword,
  hasNoSession,
  hasSession,
  person,
  sessionToken,
  signIn,
  signUp,
} from './people.js';
import { chromiumFlags, startTerminator } from './tls.js';

/** A production instance as its customers meet it: FAPI, the account portal and an Express app on hosts of one site, over TLS. */
const app = useProduction();
const FAPI = 'clerk.live.test';
const ACCOUNTS = 'accounts.live.test';
const APP = 'app.live.test';
const portal = (path: string) => `https://${ACCOUNTS}/${path}`;
const page = (path: string) => `https://${APP}/${path}`;
const servers: Server[] = [];

beforeAll(async () => {
  const express = await startExpressApp(app(), `${portal('sign-in')}?redirect_url=${encodeURIComponent(page('page'))}`);
  servers.push(express, await startTerminator((express.address() as AddressInfo).port));
});

afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

const chromium = useChromium(() => chromiumFlags({ [APP]: (servers[1]!.address() as AddressInfo).port }));

async function someone() {
  const made = person();
  const { users } = clerkClient({ app: app() });
  const { id } = await users.createUser({ emailAddress: [made.email], password: made.password });
  return { ...made, id };
}

/** Where the browser goes from now on. */
function visits(tab: Page): string[] {
  const visited: string[] = [];
  tab.on('request', (request) => request.isNavigationRequest() && visited.push(request.url().split('?')[0]!));
  return visited;
}
const HANDSHAKE = `https://${FAPI}/v1/client/handshake`;
const userOn = (tab: Page) => tab.getByTestId('user').textContent();

describe('the account portal of a production instance', () => {
  it('signs up, with the client kept on the host of FAPI alone, and out', async () => {
    const tab = await chromium.page();
    const { email } = await signUp(tab, portal('sign-up'));
    await tab.waitForURL(portal('user'));
    await tab.getByText(email).first().waitFor();

    const cookies = await tab.context().cookies();
    const kept = (name: string) =>
      cookies
        .filter((cookie) => cookie.name === name)
        .map(({ domain, httpOnly, secure }) => ({ domain, httpOnly, secure }));
    expect(kept('__client')).toEqual([{ domain: FAPI, httpOnly: true, secure: true }]);
    expect(kept('__client_uat')).toEqual([{ domain: '.live.test', httpOnly: false, secure: true }]);
    expect(kept('__session')).toEqual([{ domain: ACCOUNTS, httpOnly: false, secure: true }]);
    expect(kept('__clerk_db_jwt')).toEqual([]);

    await tab.evaluate(() => void (window as unknown as { Clerk: { signOut(): Promise<void> } }).Clerk.signOut());
    await hasNoSession(tab);
    const other = await tab.context().newPage();
    await other.goto(portal('user'));
    await other.waitForURL(/\/sign-in/);
  });

  it('signs in with the password, and says what is wrong', async () => {
    const user = await someone();
    const tab = await chromium.page();
    await tab.goto(portal('sign-in'));
    await enterIdentifier(tab, user.email);
    await enterPassword(tab, 'not the pass phrase');
    await tab
      .getByText(/password is incorrect/i)
      .first()
      .waitFor();
    await enterPassword(tab, user.password);
    await tab.waitForURL(portal('user'));
    await hasSession(tab);
  });
});

describe('an Express server in production', () => {
  it('sends whoever is not signed in to the portal, and finds out by a handshake who has come back', async () => {
    const user = await someone();
    const tab = await chromium.page();
    await tab.goto(page('page'));
    await tab.waitForURL((url) => url.host === ACCOUNTS);
    const visited = visits(tab);

    await enterIdentifier(tab, user.email);
    await enterPassword(tab, user.password);
    await tab.waitForURL(page('page'));

    // The portal has set a session on its own host: to the app's it comes by the handshake, once.
    expect(await userOn(tab)).toBe(user.id);
    expect(visited.filter((url) => url === HANDSHAKE)).toHaveLength(1);
    const cookies = await tab.context().cookies(page(''));
    expect(cookies.find(({ name }) => name === '__session')).toMatchObject({ domain: APP, secure: true });
    expect(cookies.filter(({ name }) => name.startsWith('__clerk_handshake'))).toEqual([]);

    await tab.goto(page('page'));
    expect(await userOn(tab)).toBe(user.id);
    expect(visited.filter((url) => url === HANDSHAKE)).toHaveLength(1);
  });

  it('knows the user by the token in the Authorization header', async () => {
    const user = await someone();
    const tab = await chromium.page();
    await signIn(tab, portal('sign-in'), user);
    const { port } = servers[0]!.address() as AddressInfo;
    const headers = { authorization: `Bearer ${await sessionToken(tab)}` };
    const answer = await fetch(`http://localhost:${port}/protected`, { headers });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ userId: user.id });
  });

  it('learns by a handshake that a session has been revoked', async () => {
    const user = await someone();
    const tab = await chromium.page();
    await enter(tab, portal('sign-in'), user);
    await tab.goto(page('page'));
    expect(await userOn(tab)).toBe(user.id);
    const { sessions } = clerkClient({ app: app() });
    const { data } = await sessions.getSessionList({ userId: user.id, status: 'active' });
    for (const { id } of data) await sessions.revokeSession(id);
    // A session token that is gone, as after a minute.
    await tab.context().clearCookies({ name: /^__session/, domain: APP });
    const visited = visits(tab);

    await tab.goto(page('page'));

    await tab.waitForURL((url) => url.host === ACCOUNTS && url.pathname === '/sign-in');
    expect(visited).toContain(HANDSHAKE);
    await tab.goto(page('open'));
    expect(await tab.textContent('body')).toBe('{"userId":null}');
  });
});
