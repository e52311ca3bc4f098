/** @needs chromium */
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { enterIdentifier, enterPassword, hasSession, isAt, type ClerkWindow, type Person } from './people.js';
import { useReactApp } from './react-app.js';
import { claims, isActive, newName, useTeams } from './teams.js';

const app = useInstance({ settings: { organizations: { enabled: true, force_organization_selection: true } } });
const reactApp = useReactApp(app);
const chromium = useChromium();
const { clerk, someone, team, rolesIn } = useTeams(app);

/** A session that is over: the next one does not begin by itself in the organization that a server has made for its user. */
async function hasBeenHere({ id: userId }: { id: string }): Promise<void> {
  const { id } = await clerk().sessions.createSession({ userId });
  await clerk().sessions.revokeSession(id);
}

/** Signs in as far as the organization must be chosen. */
async function upToTask(signInUrl: string, { email, password }: Person, taskPath: string): Promise<Page> {
  const page = await chromium.page();
  await page.goto(signInUrl);
  await enterIdentifier(page, email);
  await enterPassword(page, password);
  await isAt(page, taskPath);
  return page;
}

/** The status of the only session of the page's client. */
const status = (page: Page) =>
  page.evaluate(() => (window as ClerkWindow).Clerk!.client.sessions.map(({ status }) => status));

describe('the task to choose an organization', () => {
  it('is done by making one; until then the session is pending and the app knows nobody', async () => {
    const ada = await someone();
    const page = await upToTask(`${reactApp.url}/sign-in`, ada, '/tasks');
    await page.getByLabel('Name').waitFor();
    expect(await status(page)).toEqual(['pending']);
    const tab = await page.context().newPage();
    await tab.goto(`${reactApp.url}/team`);
    await tab.getByText('Nobody is at work').waitFor();

    const name = newName();
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await isAt(page, '/team');
    await hasSession(page);
    expect(await status(page)).toEqual(['active']);
    expect((await claims(page)).o).toMatchObject({ rol: 'admin' });
  });

  it('is done by choosing one', async () => {
    const ada = await someone();
    const [one, two] = [await team(ada), await team(ada)];
    await hasBeenHere(ada);
    const page = await upToTask(`${reactApp.url}/sign-in`, ada, '/tasks');
    await page.getByRole('button', { name: one.name }).waitFor();
    await page.getByRole('button', { name: two.name }).click();
    await isAt(page, '/team');
    await isActive(page, two.id);
    expect((await claims(page)).o?.id).toBe(two.id);
    expect(await rolesIn(two)).toEqual({ [ada.id]: 'org:admin' });
  });

  it('is done at the account portal', async () => {
    const ada = await someone();
    const made = await team(ada);
    await hasBeenHere(ada);
    // The portal has no page of its own for it: it is a step of the sign-in.
    const page = await upToTask(`${app().CLERK_PROXY_URL}/sign-in`, ada, '/sign-in/tasks/choose-organization');
    await page.getByRole('button', { name: made.name }).click();
    await isAt(page, '/user');
    expect((await claims(page)).o?.id).toBe(made.id);
  });
});
