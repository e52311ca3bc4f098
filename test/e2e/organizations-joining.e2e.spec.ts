/** @needs chromium */
import { randomUUID } from 'node:crypto';
import type { Organization } from '@clerk/backend';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { running } from './latchkey.js';
import { enter, hasSession, person, pressContinue, signUp, type Person } from './people.js';
import { useReactApp } from './react-app.js';
import { claims, enterTeam, isActive, newDomain, useTeams, type Member } from './teams.js';

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
const { clerk, someone, team, rolesIn } = useTeams(app);

/** The link of an invitation that an app's server has made. */
async function linkFor({ id }: Organization, inviter: Member, { email }: Person, path: string): Promise<string> {
  const { url } = await clerk().organizations.createOrganizationInvitation({
    organizationId: id,
    inviterUserId: inviter.id,
    emailAddress: email,
    role: 'org:member',
    redirectUrl: `${reactApp.url}${path}`,
  });
  return url!;
}

describe('an invitation to an organization', () => {
  it('is accepted by signing up through its link, and shows the member the organization at once', async () => {
    const [ada, grace] = [await someone(), person()];
    const made = await team(ada);
    const page = await chromium.page();
    await page.goto(await linkFor(made, ada, grace, '/sign-up'));
    // The link has proved the address: only the password is asked.
    await page.getByLabel('Password', { exact: true }).fill(grace.password);
    await pressContinue(page);
    await hasSession(page);
    await page.waitForURL(`${reactApp.url}/`);
    expect((await claims(page)).o).toMatchObject({ id: made.id, rol: 'member' });
    expect(Object.values(await rolesIn(made)).sort()).toEqual(['org:admin', 'org:member']);

    const admin = await chromium.page();
    await enterTeam(admin, reactApp.url, ada, made, '/organization/organization-members');
    await admin.getByRole('row').filter({ hasText: grace.email }).getByText('Member').waitFor();
  });

  it('is accepted by signing in through its link', async () => {
    const [ada, grace] = [await someone(), await someone()];
    const made = await team(ada);
    const page = await chromium.page();
    await page.goto(await linkFor(made, ada, grace, '/sign-in'));
    await hasSession(page);
    await page.waitForURL(`${reactApp.url}/`);
    expect((await claims(page)).o).toMatchObject({ id: made.id, rol: 'member' });
    expect(await rolesIn(made)).toMatchObject({ [grace.id]: 'org:member' });
  });

  it('comes by mail when it is made in the browser; where mails are kept, the inbox shows its link', async () => {
    if (running().mode !== 'standalone') return;
    const ada = await someone();
    const grace = { ...person(), email: `${randomUUID()}@example.com` };
    const made = await team(ada);
    const admin = await chromium.page();
    await enterTeam(admin, reactApp.url, ada, made, '/organization/organization-members');
    await admin.getByRole('button', { name: 'Invite', exact: true }).click();
    await admin.getByTestId('tag-input').fill(grace.email);
    await admin.getByTestId('tag-input').press('Enter');
    await admin.getByRole('button', { name: 'Send invitations' }).click();
    await admin.getByText('Invitations successfully sent').waitFor();

    const page = await chromium.page();
    await page.goto(`${app().CLERK_PROXY_URL}/inbox`);
    const mail = page.getByRole('article').filter({ hasText: grace.email });
    await page.goto((await mail.getByRole('link').first().getAttribute('href'))!);
    await page.getByLabel('Password', { exact: true }).fill(grace.password);
    await pressContinue(page);
    await hasSession(page);
    expect((await claims(page)).o).toMatchObject({ id: made.id, rol: 'member' });
  });
});

describe('a suggestion of an organization', () => {
  it('becomes a request, and a membership once the admin accepts it in another browser', async () => {
    const ada = await someone();
    const made = await team(ada);
    const domain = newDomain();
    await clerk().organizations.createOrganizationDomain({
      organizationId: made.id,
      name: domain,
      enrollmentMode: 'automatic_suggestion',
    });
    const grace = await someone(`grace+clerk_test@${domain}`);
    const page = await chromium.page();
    await enter(page, `${reactApp.url}/`, grace);
    await page.goto(`${reactApp.url}/organizations`);
    await page.getByText(made.name).waitFor();
    await page.getByRole('button', { name: 'Request to join' }).click();
    await page.getByText('Pending approval').waitFor();

    const admin = await chromium.page();
    await enterTeam(admin, reactApp.url, ada, made, '/organization/organization-members');
    await admin.getByRole('tab', { name: /^Requests/ }).click();
    const asked = admin.getByRole('row').filter({ hasText: grace.email });
    await asked.getByRole('button', { name: 'Approve' }).click();
    await asked.waitFor({ state: 'detached' });

    await page.goto(`${reactApp.url}/organizations`);
    await page.getByRole('button', { name: made.name }).click();
    await isActive(page, made.id);
    expect((await claims(page)).o).toMatchObject({ id: made.id, rol: 'member' });
  });
});

describe('an invitation by domain', () => {
  it('awaits whoever signs up with an address on it, and makes them a member when they join', async () => {
    const ada = await someone();
    const made = await team(ada);
    const domain = newDomain();
    await clerk().organizations.createOrganizationDomain({
      organizationId: made.id,
      name: domain,
      enrollmentMode: 'automatic_invitation',
    });
    const page = await chromium.page();
    await signUp(page, `${reactApp.url}/sign-up`, { ...person(), email: `grace+clerk_test@${domain}` });
    await page.goto(`${reactApp.url}/organizations`);
    await page.getByText(made.name).waitFor();
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByRole('button', { name: made.name }).click();
    await isActive(page, made.id);
    expect((await claims(page)).o).toMatchObject({ id: made.id, rol: 'member' });
    expect(Object.values(await rolesIn(made)).sort()).toEqual(['org:admin', 'org:member']);
  });
});
