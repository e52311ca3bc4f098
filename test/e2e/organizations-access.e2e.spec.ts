/** @needs chromium */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clerkMiddleware, getAuth } from '@clerk/express';
import express from 'express';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { clerkClient } from './latchkey.js';
import { useReactApp } from './react-app.js';
import { activate, claims, enterTeam, isActive, useTeams } from './teams.js';
import type { ClerkWindow } from './people.js';
import type { Page } from 'playwright-core';

const app = useInstance({ settings: { organizations: { enabled: true } } });
const reactApp = useReactApp(app);
const chromium = useChromium();
const { clerk, someone, team, member } = useTeams(app);
let server: Server;
let url: string;

beforeAll(async () => {
  // A permission of the app's own, which the role of writers gives.
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
  const api = express();
  api.use(
    clerkMiddleware({
      clerkClient: clerkClient({ app: app() }),
      publishableKey: app().CLERK_PUBLISHABLE_KEY,
      secretKey: app().CLERK_SECRET_KEY,
      proxyUrl: app().CLERK_PROXY_URL,
    }),
  );
  api.get('/may', (request, response) => {
    const { orgId, orgRole, has } = getAuth(request);
    const isAdmin = has({ role: 'org:admin' });
    response.json({ orgId, orgRole, isAdmin, writes: has({ permission: 'org:invoices:create' }) });
  });
  server = api.listen(0, 'localhost');
  await once(server, 'listening');
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** What the server decides by the page's next token. */
async function onServer(page: Page): Promise<unknown> {
  const token = await page.evaluate(() => (window as ClerkWindow).Clerk!.session!.getToken({ skipCache: true }));
  return (await fetch(`${url}/may`, { headers: { authorization: `Bearer ${token}` } })).json();
}

describe('has() and <Show/>', () => {
  it('decide by role, in the browser and on the server', async () => {
    const ada = await someone();
    const made = await team(ada);
    const page = await chromium.page();
    await enterTeam(page, reactApp.url, ada, made);
    await page.getByText('For admins').waitFor();
    expect(await page.getByTestId('manages').textContent()).toBe('true');
    expect(await onServer(page)).toEqual({ orgId: made.id, orgRole: 'org:admin', isAdmin: true, writes: false });

    const other = await chromium.page();
    await enterTeam(other, reactApp.url, await member(made), made);
    await other.getByText('Not for you').waitFor();
    expect(await other.getByTestId('manages').textContent()).toBe('false');
    expect(await onServer(other)).toMatchObject({ orgRole: 'org:member', isAdmin: false, writes: false });
  });

  it('decide by a permission of the app’s own', async () => {
    const made = await team(await someone());
    const page = await chromium.page();
    await enterTeam(page, reactApp.url, await member(made, 'org:writer'), made);
    await page.getByText('You may write invoices').waitFor();
    await page.getByText('Not for you').waitFor();
    expect(await onServer(page)).toEqual({ orgId: made.id, orgRole: 'org:writer', isAdmin: false, writes: true });

    await activate(page, null);
    await page.getByText('You may not write invoices').waitFor();
    expect(await onServer(page)).toMatchObject({ isAdmin: false, writes: false });
  });
});

describe('the session token', () => {
  it('is of the organization that is asked for, whichever is active, and of the active one after setActive', async () => {
    const ada = await someone();
    const [one, two] = [await team(ada), await team(ada)];
    const page = await chromium.page();
    await enterTeam(page, reactApp.url, ada, one);
    await isActive(page, one.id);
    expect((await claims(page, { organizationId: two.id })).o?.id).toBe(two.id);
    expect((await claims(page)).o?.id).toBe(one.id);
    await activate(page, two.id);
    expect((await claims(page)).o?.id).toBe(two.id);
  });

  it('has another role as soon as it is given, and none is given for it as soon as the member is removed', async () => {
    const made = await team(await someone());
    const grace = await member(made);
    const page = await chromium.page();
    await enterTeam(page, reactApp.url, grace, made);
    await isActive(page, made.id);
    const membership = { organizationId: made.id, userId: grace.id };

    await clerk().organizations.updateOrganizationMembership({ ...membership, role: 'org:writer' });
    expect((await claims(page, { fresh: true })).o).toMatchObject({ rol: 'writer' });
    expect(await onServer(page)).toMatchObject({ orgRole: 'org:writer', writes: true });

    await clerk().organizations.deleteOrganizationMembership(membership);
    const refused = await page.evaluate(() =>
      (window as ClerkWindow)
        .Clerk!.session!.getToken({ skipCache: true })
        .catch((error: { errors: { code: string }[] }) => error.errors[0]?.code),
    );
    expect(refused).toBe('organization_not_found_or_unauthorized');
    await page.reload();
    await isActive(page, 'none');
  });
});
