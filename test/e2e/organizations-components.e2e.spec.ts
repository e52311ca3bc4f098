/** @needs chromium */
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { enter, person, PICTURE } from './people.js';
import { useReactApp } from './react-app.js';
import { activate, claims, enterTeam, isActive, newName, useTeams, type Member } from './teams.js';

const app = useInstance({ settings: { organizations: { enabled: true } } });
const reactApp = useReactApp(app);
const chromium = useChromium();
const { clerk, someone, team } = useTeams(app);

async function at(path: string, who: Member): Promise<Page> {
  const page = await chromium.page();
  await enter(page, `${reactApp.url}/`, who);
  await page.goto(`${reactApp.url}${path}`);
  return page;
}

const create = (page: Page) => page.getByRole('button', { name: 'Create organization', exact: true }).click();
const openSwitcher = (page: Page) => page.getByRole('button', { name: /open organization switcher/i }).click();

/** The organization that the page shows as the active one. */
async function activeOne(page: Page) {
  await page.getByTestId('organization').filter({ hasText: 'org_' }).waitFor();
  const organizationId = (await page.getByTestId('organization').textContent())!;
  return clerk().organizations.getOrganization({ organizationId });
}

describe('<CreateOrganization/>', () => {
  it('makes one with a slug and a logo, and goes on without inviting anybody', async () => {
    const ada = await someone();
    const page = await at('/create-organization', ada);
    const name = newName();
    await page.getByLabel('Name').fill(name);
    await page.locator('input[type=file]').setInputFiles(PICTURE);
    const slug = `${name.toLowerCase().replace(' ', '-')}-of-ada`;
    await page.getByLabel('Slug').fill(slug);
    await create(page);
    await page.getByRole('button', { name: 'Skip' }).click();

    await page.waitForURL(`${reactApp.url}/team`);
    const made = await activeOne(page);
    expect(made).toMatchObject({ name, slug, hasImage: true, createdBy: ada.id });
    expect(await page.getByTestId('role').textContent()).toBe('org:admin');
    expect((await claims(page)).o).toMatchObject({ id: made.id, slg: slug, rol: 'admin' });
  });

  it('says that a slug is taken, and sends invitations once there is another', async () => {
    const ada = await someone();
    const taken = await team(ada);
    const page = await at('/create-organization', ada);
    const name = newName();
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Slug').fill(taken.slug);
    await create(page);
    await page
      .getByText(/taken|already|another/i)
      .first()
      .waitFor();
    await page.getByLabel('Slug').fill(`${taken.slug}-2`);
    await create(page);

    const [first, second] = [person().email, person().email];
    for (const address of [first, second]) {
      await page.getByTestId('tag-input').fill(address);
      await page.getByTestId('tag-input').press('Enter');
    }
    await page.getByRole('button', { name: 'Send invitations' }).click();
    await page.getByText('Invitations successfully sent').waitFor();
    await page.getByRole('button', { name: 'Finish' }).click();

    await page.waitForURL(`${reactApp.url}/team`);
    const { id } = await activeOne(page);
    const { data } = await clerk().organizations.getOrganizationInvitationList({ organizationId: id });
    expect(data.map(({ emailAddress, role, status }) => [emailAddress, role, status]).sort()).toEqual(
      [first, second].sort().map((address) => [address, 'org:member', 'pending']),
    );
  });
});

describe('<OrganizationSwitcher/>', () => {
  it('switches between organizations and the personal account, and the next token follows', async () => {
    const ada = await someone();
    const [one, two] = [await team(ada), await team(ada)];
    const page = await chromium.page();
    await enterTeam(page, reactApp.url, ada, one);
    await isActive(page, one.id);

    await openSwitcher(page);
    await page.getByRole('button', { name: two.name }).click();
    await isActive(page, two.id);
    expect((await claims(page)).o?.id).toBe(two.id);

    await openSwitcher(page);
    await page.getByRole('button', { name: 'Personal account' }).click();
    await isActive(page, 'none');
    expect((await claims(page)).o).toBeUndefined();

    // It is the session that remembers, not the page.
    await page.reload();
    await isActive(page, 'none');
    await activate(page, one.id);
    await page.reload();
    await isActive(page, one.id);
  });

  it('makes one in its dialog, which is then the active one', async () => {
    const page = await at('/team', await someone());
    await openSwitcher(page);
    await create(page);
    const name = newName();
    await page.getByLabel('Name').fill(name);
    await create(page);
    await page.getByRole('button', { name: 'Skip' }).click();
    expect(await activeOne(page)).toMatchObject({ name });
  });

  it('shows a second tab what the first has chosen', async () => {
    const ada = await someone();
    const [one, two] = [await team(ada), await team(ada)];
    const page = await chromium.page();
    await enterTeam(page, reactApp.url, ada, one);
    const tab = await page.context().newPage();
    await tab.goto(`${reactApp.url}/team`);
    await isActive(tab, one.id);
    await openSwitcher(page);
    await page.getByRole('button', { name: two.name }).click();
    await isActive(page, two.id);
    await tab.reload();
    await isActive(tab, two.id);
  });
});

describe('<OrganizationList/>', () => {
  it('offers what one belongs to and the personal account, and goes where one chooses', async () => {
    const ada = await someone();
    const [one, two] = [await team(ada), await team(ada)];
    const page = await at('/organizations', ada);
    await page.getByRole('button', { name: one.name }).waitFor();
    await page.getByRole('button', { name: two.name }).click();
    await page.waitForURL(`${reactApp.url}/team`);
    await isActive(page, two.id);

    await page.goto(`${reactApp.url}/organizations`);
    await page.getByRole('button', { name: 'Personal account' }).click();
    await page.waitForURL(`${reactApp.url}/team`);
    await isActive(page, 'none');
  });

  it('lets one join by an invitation, and makes one', async () => {
    const [ada, grace] = [await someone(), await someone()];
    const { id, name } = await team(ada);
    await clerk().organizations.createOrganizationInvitation({
      organizationId: id,
      inviterUserId: ada.id,
      emailAddress: grace.email,
      role: 'org:member',
    });
    const page = await at('/organizations', grace);
    await page.getByText(name).waitFor();
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByRole('button', { name }).click();
    await page.waitForURL(`${reactApp.url}/team`);
    await isActive(page, id);
    expect((await claims(page)).o).toMatchObject({ id, rol: 'member' });

    await page.goto(`${reactApp.url}/organizations`);
    await create(page);
    const another = newName();
    await page.getByLabel('Name').fill(another);
    await page.getByRole('button', { name: 'Create organization', exact: true }).click();
    await page.getByRole('button', { name: 'Skip' }).click();
    await page.waitForURL(`${reactApp.url}/team`);
    await page
      .getByTestId('slug')
      .filter({ hasText: another.toLowerCase().replace(' ', '-') })
      .waitFor();
  });
});

describe('the account portal', () => {
  it('offers the organizations to choose from while none is active, and then shows the one', async () => {
    const ada = await someone();
    const page = await chromium.page();
    const organization = `${app().CLERK_PROXY_URL}/organization`;
    await enter(page, app().CLERK_PROXY_URL!, ada);

    await page.goto(organization);
    await page.getByRole('button', { name: 'Create organization' }).waitFor();
    const made = await team(ada);
    await page.reload();
    await page.getByText(made.name).click();
    await page.waitForURL(organization);
    await page.getByText('Members').first().waitFor();
  });
});
