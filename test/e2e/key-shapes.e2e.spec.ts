/** @needs chromium */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cookie, Page } from 'playwright-core';
import { startAppServer } from './app-server.js';
import { useChromium } from './chromium.js';
import { declareInstance, type Declared } from './instances.js';
import { clerkClient, running } from './latchkey.js';
import { enter, person, signUp } from './people.js';
import { browserSettings, useReactFiles } from './react-app.js';
import { chromiumFlags } from './tls.js';

/**
 * A way in which an app can find its FAPI (`compat/fapi.md` 1.2), as its customers would run it: pages from a server that
 * authenticates them with `@clerk/backend`, and the SDK's loader, which derives from the key what it is not told. The default,
 * shape D through the gateway's own address, is what the other specs use.
 */
interface Shape {
  name: string;
  declared: () => Declared;
  /** The app's host over TLS; undefined for an address on localhost. */
  host?: string;
  /** What the app is told besides its key: its server, and its pages. */
  server: string[];
  page: string[];
  /** In place of what the declaration says. */
  proxyPath?: string;
  /** The host that keeps `__client`; in development there is none. */
  clientHost?: string;
  /** The domain of `__client_uat`. */
  uatDomain: string;
}

const production = { environment: 'production', settings: { test_mode: true } } as const;
const fapiPort = () => new URL(running().app.CLERK_PROXY_URL!).port;

const SHAPES: Shape[] = [
  {
    name: 'A: production over TLS on a host of its own',
    declared: () => ({ ...production, frontend_api: 'clerk.own.test' }),
    host: 'app.own.test',
    server: [],
    page: [],
    clientHost: 'clerk.own.test',
    uatDomain: '.own.test',
  },
  {
    name: "B: production through a path of the app's own host",
    declared: () => ({
      ...production,
      frontend_api: 'clerk.proxied.test',
      fapi_url: 'https://app.proxied.test/__clerk',
    }),
    host: 'app.proxied.test',
    server: ['CLERK_PROXY_URL'],
    page: ['CLERK_PROXY_URL'],
    proxyPath: '/__clerk',
    clientHost: 'app.proxied.test',
    uatDomain: 'app.proxied.test',
  },
  {
    name: 'C: development with a key over a name that is never resolved',
    declared: () => ({
      frontend_api: 'never-resolved-1.clerk.accounts.dev',
      fapi_url: `http://shape-c.localhost:${fapiPort()}`,
      hosts: [`shape-c.localhost:${fapiPort()}`],
    }),
    server: ['CLERK_PROXY_URL'],
    page: ['CLERK_PROXY_URL', 'CLERK_JS_URL', 'CLERK_UI_URL'],
    uatDomain: 'localhost',
  },
];
const OWN = ['CLERK_PUBLISHABLE_KEY', 'CLERK_SECRET_KEY', 'CLERK_API_URL', 'CLERK_TELEMETRY_DISABLED'];

const files = useReactFiles();
const apps = new Map<Shape, { server: Server; app: Record<string, string>; url: string; port: number }>();

beforeAll(async () => {
  for (const shape of SHAPES) {
    const all = await declareInstance(shape.declared());
    const only = (names: string[]) => Object.fromEntries(names.map((name) => [name, all[name]!]));
    const page = { ...only([...OWN, ...shape.page]), ...(shape.proxyPath && { CLERK_PROXY_URL: shape.proxyPath }) };
    const isTls = shape.host !== undefined;
    const app = only([...OWN, ...shape.server]);
    const server = await startAppServer(app, isTls, files(browserSettings(page)));
    const { port } = server.address() as AddressInfo;
    apps.set(shape, { server, app, port, url: isTls ? `https://${shape.host}` : `http://localhost:${port}` });
  }
});

afterAll(() => {
  for (const { server } of apps.values()) {
    server.close();
    server.closeAllConnections();
  }
});

const chromium = useChromium(() =>
  chromiumFlags(Object.fromEntries([...apps].flatMap(([{ host }, { port }]) => (host ? [[host, port]] : [])))),
);

const serverSees = (page: Page) => page.getByTestId('server').textContent();
const named = (cookies: Cookie[], name: string) => cookies.filter((cookie) => cookie.name === name);

describe.each(SHAPES)('key shape $name', (shape) => {
  it('boots, signs up, and stays signed in for page and server', async () => {
    const { url } = apps.get(shape)!;
    const page = await chromium.page();
    await page.goto(url);
    await page.getByText('Nobody is signed in').waitFor();
    expect(await serverSees(page)).toBe('null');

    await signUp(page, `${url}/sign-up`);
    await page.waitForURL(`${url}/`);
    const user = await page.getByTestId('user').textContent();
    const session = await page.getByTestId('session').textContent();
    await page.reload();
    expect(await page.getByTestId('session').textContent()).toBe(session);
    expect(await serverSees(page)).toBe(user);

    const cookies = await page.context().cookies();
    const isSecure = shape.host !== undefined;
    expect(named(cookies, '__client').map(({ domain, httpOnly, secure }) => ({ domain, httpOnly, secure }))).toEqual(
      shape.clientHost ? [{ domain: shape.clientHost, httpOnly: true, secure: true }] : [],
    );
    expect(named(cookies, '__client_uat').map(({ domain, secure }) => ({ domain, secure }))).toEqual([
      { domain: shape.uatDomain, secure: isSecure },
    ]);
  });

  it('asks FAPI by a handshake when the server does not know who is signed in, and signs out for both', async () => {
    const { url, app } = apps.get(shape)!;
    const someone = person();
    const { id } = await clerkClient({ app }).users.createUser({
      emailAddress: [someone.email],
      password: someone.password,
    });
    const page = await chromium.page();
    await enter(page, `${url}/`, someone);
    await page.context().clearCookies({ name: /^__session/ });
    const visited: string[] = [];
    page.on('request', (request) => request.isNavigationRequest() && visited.push(new URL(request.url()).pathname));

    await page.goto(`${url}/?tab=1`);

    expect(visited.filter((path) => path.endsWith('/v1/client/handshake'))).toHaveLength(1);
    expect(page.url()).toBe(`${url}/?tab=1`);
    expect(await serverSees(page)).toBe(id);
    const left = (await page.context().cookies()).filter(({ name }) => name.startsWith('__clerk_handshake'));
    expect(left).toEqual([]);

    await page.getByRole('button', { name: /user menu/i }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Nobody is signed in').waitFor();
    await page.reload();
    await page.getByText('Nobody is signed in').waitFor();
    expect(await serverSees(page)).toBe('null');
  });
});
