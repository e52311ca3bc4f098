/** @needs chromium */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useChromium } from './chromium.js';
import { startExpressApp } from './express-app.js';
import { clerkClient, running } from './latchkey.js';
import { person, sessionToken, signIn, signUp } from './people.js';
import { useReactApp } from './react-app.js';

const chromium = useChromium();
const reactApp = useReactApp();
let server: Server;
let url: string;

beforeAll(async () => {
  server = await startExpressApp(running().app, `${reactApp.url}/sign-in`);
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('an Express server', () => {
  it('knows the user by the token in the Authorization header', async () => {
    const page = await chromium.page();
    await signUp(page, `${reactApp.url}/sign-up`);
    await page.waitForURL(`${reactApp.url}/`);
    const userId = await page.getByTestId('user').textContent();
    const authorization = `Bearer ${await sessionToken(page)}`;

    const answer = await fetch(`${url}/protected`, { headers: { authorization } });

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ userId, sessionId: await page.getByTestId('session').textContent() });
  });

  it('refuses a request without a token, with a broken one, and with one of nobody’s', async () => {
    const status = async (headers: Record<string, string>) => (await fetch(`${url}/protected`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer x.y.z' })).toBe(401);
    const page = await chromium.page();
    await signUp(page, `${reactApp.url}/sign-up`);
    const token = await sessionToken(page);
    const [head, body, signature] = token.split('.') as [string, string, string];
    const forged = [head, body, signature.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))].join('.');
    expect(await status({ authorization: `Bearer ${forged}` })).toBe(401);
    expect(await status({ authorization: `Bearer ${token}` })).toBe(200);
  });

  it('knows the user by the cookies that the browser’s app has set on its host', async () => {
    const page = await chromium.page();
    await signUp(page, `${reactApp.url}/sign-up`);
    await page.waitForURL(`${reactApp.url}/`);
    const userId = await page.getByTestId('user').textContent();

    // Cookies do not tell ports apart: the page of the server gets those of the app.
    await page.goto(`${url}/page`);

    expect(await page.getByTestId('user').textContent()).toBe(userId);
    expect(page.url()).toBe(`${url}/page`);
  });

  it('finds out by a handshake, on a document’s request, who the browser is', async () => {
    const someone = person();
    const { id } = await clerkClient().users.createUser({
      emailAddress: [someone.email],
      password: someone.password,
    });
    const page = await chromium.page();
    await signIn(page, `${reactApp.url}/sign-in`, someone);
    await page.waitForURL(`${reactApp.url}/`);
    // A session token that is gone, as after a night: the other cookies still say that somebody is signed in.
    await page.context().clearCookies({ name: /^__session/ });
    const visited: string[] = [];
    page.on('request', (request) => visited.push(new URL(request.url()).pathname));

    await page.goto(`${url}/page`);

    expect(await page.getByTestId('user').textContent()).toBe(id);
    expect(visited).toContain('/v1/client/handshake');
    expect(page.url()).toBe(`${url}/page`);
  });

  it('sends a browser that nobody has used through the handshake once, and to the sign-in', async () => {
    const page = await chromium.page();
    await page.goto(`${url}/page`);
    await page.waitForURL(/\/sign-in/);
    await page.goto(`${url}/open`);
    expect(await page.textContent('body')).toBe('{"userId":null}');
  });
});
