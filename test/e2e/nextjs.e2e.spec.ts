/** @needs chromium */
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
import { useNextApp } from './next-app.js';
import { enter, enterIdentifier, enterPassword, person, sessionToken } from './people.js';
import { enterTeam, useTeams, type Member } from './teams.js';

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

describe('a Next.js app that asks what somebody may do in an organization', () => {
  const { clerk, someone, team, member } = useTeams(() => running().app);
  const hasOrganizations = (enabled: boolean) => clerk().instance.updateOrganizationSettings({ enabled });

  beforeAll(async () => {
    await hasOrganizations(true);
    const permission = await clerk().organizationPermissions.createOrganizationPermission({
      name: 'Write invoices',
      key: 'org:invoices:create',
    });
    await clerk().organizationRoles.createOrganizationRole({
      name: 'Writer',
      key: 'org:writer',
      permissions: [permission.id],
      includeInInitialRoleSet: true,
    });
  });

  afterAll(() => hasOrganizations(false));

  const TEXTS = [
    'For admins',
    'Not for you',
    'One of the members',
    'You may write invoices',
    'You may not write invoices',
  ];

  /** What the app lets somebody see and do to whom the organization is the active one. */
  async function asSeenBy(who: Member, of: { id: string }) {
    const page = await chromium.page();
    await enterTeam(page, nextApp.url, who, of, '/team');
    const inBrowser = page.getByTestId('in-browser').filter({ hasText: 'isAdmin' });
    const headers = { authorization: `Bearer ${await sessionToken(page)}` };
    const api = await (await fetch(`${nextApp.url}/api/me`, { headers })).json();
    const decided = JSON.parse((await inBrowser.textContent())!) as object;
    // As the server has made it, before a script of the page could change it.
    const made = await (await page.request.get(`${nextApp.url}/team`)).text();
    const status = async (path: string) => (await page.goto(`${nextApp.url}${path}`))!.status();
    return {
      texts: TEXTS.filter((text) => made.includes(`<p>${text}</p>`)),
      role: /data-testid="role">([^<]*)</.exec(made)?.[1],
      api,
      inBrowser: decided,
      pages: { admin: await status('/admin'), invoices: await status('/invoices') },
    };
  }

  it('decides for an admin by the role', async () => {
    const ada = await someone();
    const made = await team(ada);
    const may = { isAdmin: true, writes: false };
    expect(await asSeenBy(ada, made)).toEqual({
      texts: ['For admins', 'You may not write invoices'],
      role: 'org:admin',
      api: { userId: ada.id, sessionId: expect.any(String), orgId: made.id, ...may },
      inBrowser: may,
      pages: { admin: 200, invoices: 404 },
    });
  });

  it('decides for a member by the role', async () => {
    const made = await team(await someone());
    const may = { isAdmin: false, writes: false };
    expect(await asSeenBy(await member(made), made)).toEqual({
      texts: ['Not for you', 'One of the members', 'You may not write invoices'],
      role: 'org:member',
      api: expect.objectContaining({ orgId: made.id, ...may }),
      inBrowser: may,
      pages: { admin: 404, invoices: 404 },
    });
  });

  it('decides by a permission of the app’s own', async () => {
    const made = await team(await someone());
    const may = { isAdmin: false, writes: true };
    expect(await asSeenBy(await member(made, 'org:writer'), made)).toEqual({
      texts: ['Not for you', 'You may write invoices'],
      role: 'org:writer',
      api: expect.objectContaining({ orgId: made.id, ...may }),
      inBrowser: may,
      pages: { admin: 404, invoices: 200 },
    });
  });

  it('grants nothing to an admin of an organization that is not the active one', async () => {
    const grace = await someone();
    await team(grace);
    const page = await chromium.page();
    await enterTeam(page, nextApp.url, grace, null, '/team');
    expect(await page.getByTestId('organization').textContent()).toBe('none');
    await page.getByText('Not for you').waitFor();
    expect((await page.goto(`${nextApp.url}/admin`))!.status()).toBe(404);
  });
});
