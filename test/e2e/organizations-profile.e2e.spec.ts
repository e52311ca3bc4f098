/** @needs chromium */
import type { Organization, OrganizationDomainJSON } from '@clerk/backend';
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { running } from './latchkey.js';
import { enterCode, PICTURE, TEST_CODE } from './people.js';
import { useReactApp } from './react-app.js';
import { enterTeam, isActive, newDomain, newName, useTeams, type Member } from './teams.js';

// Each takes several pages of a browser.
jest.setTimeout(60_000);

const app = useInstance({
  settings: {
    organizations: {
      enabled: true,
      domains: {
        enabled: true,
        enrollment_modes: ['manual_invitation', 'automatic_invitation', 'automatic_suggestion'],
      },
    },
  },
});
const reactApp = useReactApp(app);
const chromium = useChromium();
const { clerk, someone, team, member, rolesIn } = useTeams(app);
const organizations = () => clerk().organizations;

/** The component's first page, opened by a member. */
async function profile(who: Member, of: Organization): Promise<Page> {
  const page = await chromium.page();
  await enterTeam(page, reactApp.url, who, of, '/organization');
  return page;
}

// By keyboard: a hint that appears below a field moves the button away from under a mouse.
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).press('Enter');

describe('<OrganizationProfile/>, general', () => {
  const heading = (page: Page) => page.getByRole('heading', { name: 'Update profile' });
  const edit = async (page: Page) => {
    await page.getByRole('button', { name: 'Update profile' }).click();
    await heading(page).waitFor();
  };
  const shown = ({ id }: Organization) => organizations().getOrganization({ organizationId: id });

  /** Says twice that it is meant: the second time by the name. */
  async function confirm(page: Page, action: string, name: string): Promise<void> {
    await page.getByRole('button', { name: action }).click();
    await page.getByLabel(/below to continue/).fill(name);
    await page.locator('form').getByRole('button', { name: action }).click();
  }

  it('changes the name and the slug, and says that a slug is taken', async () => {
    const ada = await someone();
    const [made, other] = [await team(ada), await team(ada)];
    const page = await profile(ada, made);
    await edit(page);
    const name = newName();
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Slug').fill(other.slug);
    await save(page);
    await page
      .getByText(/taken|already|another/i)
      .first()
      .waitFor();
    expect(await shown(made)).toMatchObject({ name: made.name, slug: made.slug });

    await page.getByLabel('Slug').fill(`${made.slug}-of-ada`);
    await save(page);
    await heading(page).waitFor({ state: 'detached' });
    await page.getByText(name).first().waitFor();
    expect(await shown(made)).toMatchObject({ name, slug: `${made.slug}-of-ada` });
  });

  it('puts a logo there, and takes it away', async () => {
    const ada = await someone();
    const made = await team(ada);
    const page = await profile(ada, made);
    await edit(page);
    await page.locator('input[type=file]').setInputFiles(PICTURE);
    await heading(page).waitFor({ state: 'detached' });
    expect(await shown(made)).toMatchObject({ hasImage: true });

    await edit(page);
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await heading(page).waitFor({ state: 'detached' });
    expect(await shown(made)).toMatchObject({ hasImage: false });
  });

  it('shows a member who may not change it only what it is called', async () => {
    const made = await team(await someone());
    const page = await profile(await member(made), made);
    await page.getByText(made.name).first().waitFor();
    await page.getByRole('button', { name: 'Leave organization' }).waitFor();
    for (const action of ['Update profile', 'Add domain', 'Delete organization'])
      expect(await page.getByRole('button', { name: action }).count()).toBe(0);
  });

  it('is left by a member, who then belongs to it no more, but not by its only admin', async () => {
    const ada = await someone();
    const made = await team(ada);
    const grace = await member(made);
    const page = await profile(grace, made);
    await confirm(page, 'Leave organization', made.name);
    await page.waitForURL(`${reactApp.url}/team`);
    await isActive(page, 'none');
    expect(await rolesIn(made)).toEqual({ [ada.id]: 'org:admin' });

    const admin = await profile(ada, made);
    await confirm(admin, 'Leave organization', made.name);
    await admin.getByText(/at least one/i).waitFor();
    expect(await rolesIn(made)).toEqual({ [ada.id]: 'org:admin' });
  });

  it('is deleted by an admin', async () => {
    const ada = await someone();
    const made = await team(ada);
    const page = await profile(ada, made);
    await confirm(page, 'Delete organization', made.name);
    await page.waitForURL(`${reactApp.url}/team`);
    await isActive(page, 'none');
    await expect(shown(made)).rejects.toMatchObject({ status: 404 });
  });
});

describe('<OrganizationProfile/>, domains', () => {
  const entry = (page: Page, domain: string) => page.locator('.cl-profileSectionItem').filter({ hasText: domain });
  const says = (page: Page, domain: string, text: string) => entry(page, domain).getByText(text).waitFor();
  const choose = async (page: Page, domain: string, action: string) => {
    await entry(page, domain).getByRole('button', { name: 'Open menu' }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  const add = async (page: Page, domain: string) => {
    await page.getByRole('button', { name: 'Add domain' }).click();
    await page.getByLabel('Domain').fill(domain);
    await save(page);
  };
  /** Asks for a code for an address of the domain. */
  const prove = async (page: Page, local: string) => {
    await page.getByLabel('Verification email address').fill(local);
    await save(page);
  };
  const joinBy = async (page: Page, mode: string) => {
    await page.getByRole('radio', { name: mode }).check();
    await save(page);
  };
  const domainsOf = async ({ id }: Organization) => {
    const { data } = await organizations().getOrganizationDomainList({ organizationId: id });
    // The SDK hands on domains as they come, by the names of the wire.
    const domains = data as unknown as OrganizationDomainJSON[];
    return domains.map(({ name, enrollment_mode, verification }) => [name, enrollment_mode, verification?.status]);
  };
  /** The component closes at the right code, and shows what has become of the domain when it is opened again. */
  const proved = async (page: Page) => {
    await page.getByRole('textbox', { name: /verification code/i }).waitFor({ state: 'detached' });
    await page.reload();
  };

  it('knows one at once as the admin’s own, and asks how people join', async () => {
    const domain = newDomain();
    const ada = await someone(`ada+clerk_test@${domain}`);
    const made = await team(ada);
    const page = await profile(ada, made);
    await add(page, domain);
    await page.getByText('is now verified').waitFor();
    await joinBy(page, 'Automatic invitations');
    await says(page, domain, 'Automatic invitations');
    expect(await domainsOf(made)).toEqual([[domain, 'automatic_invitation', 'verified']]);
  });

  it('verifies one by the code from a mail, and changes how people join', async () => {
    const ada = await someone();
    const made = await team(ada);
    const domain = newDomain();
    const page = await profile(ada, made);
    await add(page, domain);
    // Where mails are really sent, only a test address has a code that is known.
    const isKept = running().mode === 'standalone';
    const local = isKept ? 'ada' : 'ada+clerk_test';
    await prove(page, local);
    await enterCode(page, '111111');
    await page
      .getByText(/incorrect/i)
      .first()
      .waitFor();
    expect(await domainsOf(made)).toEqual([[domain, 'manual_invitation', 'unverified']]);
    // A moment after it has said so, the component empties the field: keys that are pressed before would be lost.
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('input[autocomplete=one-time-code]')?.value === '',
    );
    await enterCode(page, isKept ? await codeFor(`${local}@${domain}`) : TEST_CODE);
    await proved(page);
    await says(page, domain, 'No automatic enrollment');
    expect(await domainsOf(made)).toEqual([[domain, 'manual_invitation', 'verified']]);

    await choose(page, domain, 'Manage');
    await joinBy(page, 'Automatic suggestions');
    await says(page, domain, 'Automatic suggestions');
    expect(await domainsOf(made)).toEqual([[domain, 'automatic_suggestion', 'verified']]);
  });

  it('leaves one unverified, to be verified later', async () => {
    const ada = await someone();
    const made = await team(ada);
    const domain = newDomain();
    const page = await profile(ada, made);
    await add(page, domain);
    await page.getByLabel('Verification email address').waitFor();
    await page.reload();
    await says(page, domain, 'Unverified');
    expect(await domainsOf(made)).toEqual([[domain, 'manual_invitation', undefined]]);
    await choose(page, domain, 'Verify');
    await prove(page, 'ada+clerk_test');
    await enterCode(page, TEST_CODE);
    await proved(page);
    await says(page, domain, 'No automatic enrollment');
    expect(await domainsOf(made)).toEqual([[domain, 'manual_invitation', 'verified']]);
  });

  it('removes one', async () => {
    const ada = await someone();
    const made = await team(ada);
    const domain = newDomain();
    await organizations().createOrganizationDomain({
      organizationId: made.id,
      name: domain,
      enrollmentMode: 'manual_invitation',
    });
    const page = await profile(ada, made);
    await choose(page, domain, 'Delete');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await entry(page, domain).waitFor({ state: 'detached' });
    expect(await domainsOf(made)).toEqual([]);
  });

  /** What the local inbox shows of the mail to the address. */
  async function codeFor(address: string): Promise<string> {
    const page = await chromium.page();
    await page.goto(`${app().CLERK_PROXY_URL}/inbox`);
    const mail = page.getByRole('article').filter({ hasText: address });
    return /\b\d{6}\b/.exec((await mail.locator('pre').textContent())!)![0];
  }
});
