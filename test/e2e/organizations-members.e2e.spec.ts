/** @needs chromium */
import type { Organization } from '@clerk/backend';
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { person } from './people.js';
import { useReactApp } from './react-app.js';
import { enterTeam, newDomain, newName, useTeams, type Member } from './teams.js';

// Each takes several pages of a browser.
jest.setTimeout(60_000);

const app = useInstance({
  settings: {
    organizations: {
      enabled: true,
      domains: { enabled: true, enrollment_modes: ['manual_invitation', 'automatic_suggestion'] },
    },
  },
});
const reactApp = useReactApp(app);
const chromium = useChromium();
const { clerk, someone, team, member, rolesIn } = useTeams(app);
const organizations = () => clerk().organizations;

/** The component's page of the members, opened by one of them. */
async function members(who: Member, of: Organization): Promise<Page> {
  const page = await chromium.page();
  await enterTeam(page, reactApp.url, who, of, '/organization/organization-members');
  return page;
}

/** The row of a table that shows `text`. */
const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

/** The menu at the end of a row. */
async function choose(page: Page, text: string, action: string): Promise<void> {
  await row(page, text).getByRole('button', { name: 'Open menu' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();

describe('<OrganizationProfile/>, members', () => {
  it('lists them, finds one, gives another role, and removes', async () => {
    const ada = await someone();
    const made = await team(ada);
    const [grace, joan] = [await member(made), await member(made)];
    const page = await members(ada, made);
    for (const who of [ada, grace, joan]) await row(page, who.email).waitFor();

    const search = page.getByPlaceholder('Search');
    // It waits for keys that are let go, as a person's are.
    await search.pressSequentially(grace.email.slice(0, 12));
    await row(page, joan.email).waitFor({ state: 'detached' });
    await row(page, grace.email).getByRole('button', { name: 'Member' }).click();
    await page.getByRole('option', { name: 'Admin' }).click();
    await row(page, grace.email).getByRole('button', { name: 'Admin' }).waitFor();

    await search.fill('');
    await choose(page, joan.email, 'Remove member');
    await row(page, joan.email).waitFor({ state: 'detached' });
    expect(await rolesIn(made)).toEqual({ [ada.id]: 'org:admin', [grace.id]: 'org:admin' });
  });

  it('shows a member who belongs to it, and nothing to change', async () => {
    const ada = await someone();
    const made = await team(ada);
    const page = await members(await member(made), made);
    await row(page, ada.email).getByText('Admin').waitFor();
    expect(await page.getByRole('button', { name: 'Open menu' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Invite' }).count()).toBe(0);
    expect(await page.getByRole('tab', { name: /^(Invitations|Requests)/ }).count()).toBe(0);
  });
});

describe('<OrganizationProfile/>, invitations', () => {
  /** Invites an address, up to the answer. */
  async function invite(page: Page, email: string, role?: string): Promise<void> {
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByTestId('tag-input').fill(email);
    await page.getByTestId('tag-input').press('Enter');
    if (role) {
      await page.locator('form').getByRole('button', { name: 'Member' }).click();
      await page.getByRole('option', { name: role }).click();
    }
    await page.getByRole('button', { name: 'Send invitations' }).click();
  }

  it('invites an address as the role that is chosen, and not twice', async () => {
    const ada = await someone();
    const made = await team(ada);
    const page = await members(ada, made);
    const { email } = person();
    await invite(page, email, 'Admin');
    await page.getByText('Invitations successfully sent').waitFor();
    await page.reload();
    await invite(page, email);
    await page
      .getByText(/already pending invitations/)
      .first()
      .waitFor();
    const { data } = await organizations().getOrganizationInvitationList({ organizationId: made.id });
    expect(data.map(({ emailAddress, role, status }) => [emailAddress, role, status])).toEqual([
      [email, 'org:admin', 'pending'],
    ]);
  });

  it('lists them, and takes one back', async () => {
    const ada = await someone();
    const made = await team(ada);
    const [grace, joan] = [person(), person()];
    for (const { email } of [grace, joan])
      await organizations().createOrganizationInvitation({
        organizationId: made.id,
        inviterUserId: ada.id,
        emailAddress: email,
        role: 'org:member',
      });
    const page = await members(ada, made);
    await tab(page, 'Invitations');
    await row(page, joan.email).getByText('Member').waitFor();
    await choose(page, grace.email, 'Revoke invitation');
    await row(page, grace.email).waitFor({ state: 'detached' });
    await row(page, joan.email).waitFor();
    const { data } = await organizations().getOrganizationInvitationList({ organizationId: made.id });
    const states = Object.fromEntries(data.map(({ emailAddress, status }) => [emailAddress, status]));
    expect(states).toEqual({ [grace.email]: 'revoked', [joan.email]: 'pending' });
  });
});

describe('<OrganizationProfile/>, requests', () => {
  /** Somebody with an address on the team's domain, who asks to join. */
  async function asks(made: Organization, domain: string): Promise<Member> {
    const who = await someone(`${newName().replace(' ', '-').toLowerCase()}+clerk_test@${domain}`);
    const page = await chromium.page();
    await enterTeam(page, reactApp.url, who, null, '/organizations');
    await page.getByText(made.name).waitFor();
    await page.getByRole('button', { name: 'Request to join' }).click();
    await page.getByText('Pending approval').waitFor();
    return who;
  }

  it('are accepted and rejected', async () => {
    const ada = await someone();
    const made = await team(ada);
    const domain = newDomain();
    await organizations().createOrganizationDomain({
      organizationId: made.id,
      name: domain,
      enrollmentMode: 'automatic_suggestion',
    });
    const [grace, joan] = [await asks(made, domain), await asks(made, domain)];

    const page = await members(ada, made);
    await tab(page, 'Requests');
    await row(page, joan.email).getByRole('button', { name: 'Reject' }).click();
    await row(page, joan.email).waitFor({ state: 'detached' });
    await row(page, grace.email).getByRole('button', { name: 'Approve' }).click();
    await row(page, grace.email).waitFor({ state: 'detached' });
    expect(await rolesIn(made)).toEqual({ [ada.id]: 'org:admin', [grace.id]: 'org:member' });

    // The list of members stays as the component has loaded it.
    await page.reload();
    await row(page, grace.email).getByText('Member').waitFor();
    expect(await row(page, joan.email).count()).toBe(0);
  });
});
