/** @needs chromium */
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
import { useNextApp } from './next-app.js';
import { enter, enterIdentifier, enterPassword, person, sessionToken } from './people.js';

const chromium = useChromium();
const nextApp = useNextApp();

describe('a Next.js app', () => {
  it('sends whoever is not signed in from a protected page to the sign-in, and then renders it for them', async () => {
    const someone = person();
    const { id } = await clerkClient().users.createUser({
      emailAddress: [someone.email],
      password: someone.password,
    });
    const page = await chromium.page();

    await page.goto(`${nextApp.url}/protected`);
    await page.waitForURL(/\/sign-in/);
    await enterIdentifier(page, someone.email);
    await enterPassword(page, someone.password);
    await page.waitForURL(`${nextApp.url}/protected`);

    expect(await page.getByTestId('user').textContent()).toBe(id);
    expect(await page.getByTestId('email').textContent()).toBe(someone.email);

    // The whole page again, from the server, by cookies alone.
    await page.goto(`${nextApp.url}/protected`);
    expect(await page.getByTestId('user').textContent()).toBe(id);

    await page.goto(nextApp.url);
    await page.getByText('Somebody is signed in').waitFor();
    const answer = await fetch(`${nextApp.url}/api/me`, {
      headers: { authorization: `Bearer ${await sessionToken(page)}` },
    });
    expect(await answer.json()).toMatchObject({ userId: id });
  });

  it('finds out by a handshake who the browser is when the session token is gone', async () => {
    const someone = person();
    const { id } = await clerkClient().users.createUser({
      emailAddress: [someone.email],
      password: someone.password,
    });
    const page = await chromium.page();
    await enter(page, nextApp.url, someone);
    await page.context().clearCookies({ name: /^__session/ });
    const visited: string[] = [];
    page.on('request', (request) => visited.push(new URL(request.url()).pathname));

    await page.goto(`${nextApp.url}/protected`);

    expect(await page.getByTestId('user').textContent()).toBe(id);
    expect(visited).toContain('/v1/client/handshake');
    expect(page.url()).toBe(`${nextApp.url}/protected`);
  });

  it('knows whoever has signed in at the account portal, which is on another site', async () => {
    const someone = person();
    const { id } = await clerkClient().users.createUser({ emailAddress: [someone.email], password: someone.password });
    const { CLERK_PROXY_URL } = running().app;
    const page = await chromium.page();
    expect([new URL(nextApp.url).hostname, new URL(CLERK_PROXY_URL!).hostname]).toEqual(['localhost', '127.0.0.1']);

    await page.goto(nextApp.url);
    await page.getByText('Nobody is signed in').waitFor();
    const back = encodeURIComponent(`${nextApp.url}/protected`);
    await page.goto(`${CLERK_PROXY_URL}/sign-in?redirect_url=${back}`);
    await enterIdentifier(page, someone.email);
    const asked: (string | null)[] = [];
    page.on('request', (request) => {
      if (!request.isNavigationRequest()) return;
      const { pathname, searchParams } = new URL(request.url());
      asked.push(searchParams.get('__clerk_hs_reason') ?? pathname);
    });
    await enterPassword(page, someone.password);
    await page.getByTestId('user').waitFor();

    expect(await page.getByTestId('user').textContent()).toBe(id);
    // One handshake, whose cookies the app's server then gets: it asks for no other, and sends nobody to its own sign-in.
    expect(asked).toEqual(['/protected', 'dev-browser-sync', '/protected', '/protected']);
  });

  it('shows an open page to whoever is not signed in', async () => {
    const page = await chromium.page();
    await page.goto(nextApp.url);
    await page.getByText('Nobody is signed in').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });
});
