import { randomBytes } from 'node:crypto';
import type { ClerkClient, Organization } from '@clerk/backend';
import type { Page } from 'playwright-core';
import { clerkClient } from './latchkey.js';
import { enter, hasSession, person, type ClerkWindow, type Person } from './people.js';

/** A user that the app's server has made. */
export type Member = Person & { id: string };

/** Makes people and organizations of one instance through its server API; `app` is known once the hooks before have run. */
export function useTeams(app: () => Record<string, string>) {
  const clerk = (): ClerkClient => clerkClient({ app: app() });

  async function someone(email?: string): Promise<Member> {
    const made = { ...person(), ...(email && { email }) };
    const { id } = await clerk().users.createUser({ emailAddress: [made.email], password: made.password });
    return { ...made, id };
  }

  return {
    clerk,
    someone,

    /** An organization of a name that no other has. */
    team: (owner: Member, name = newName()): Promise<Organization> =>
      clerk().organizations.createOrganization({ name, createdBy: owner.id }),

    /** Somebody new who belongs to it. */
    async member({ id }: Organization, role = 'org:member'): Promise<Member> {
      const made = await someone();
      await clerk().organizations.createOrganizationMembership({ organizationId: id, userId: made.id, role });
      return made;
    },

    /** Who belongs to the organization, and as what: roles by the id of the user. */
    async rolesIn({ id }: { id: string }): Promise<Record<string, string>> {
      const { data } = await clerk().organizations.getOrganizationMembershipList({ organizationId: id });
      return Object.fromEntries(data.map(({ publicUserData, role }) => [publicUserData!.userId, role]));
    },
  };
}

/** A name that no other organization has. */
export const newName = (): string => `Team ${randomBytes(4).toString('hex')}`;

/** A domain that no other test uses. */
export const newDomain = (): string => `d${randomBytes(6).toString('hex')}.dev`;

/** Signs in at the app's origin, makes the organization the active one, and opens the path. */
export async function enterTeam(
  page: Page,
  url: string,
  who: Person,
  team: { id: string } | null,
  path = '/team',
): Promise<void> {
  await enter(page, `${url}/`, who);
  await activate(page, team?.id ?? null);
  await page.goto(`${url}${path}`);
  await hasSession(page);
}

/** What an app calls to make an organization active, or the personal account. */
export async function activate(page: Page, organization: string | null): Promise<void> {
  await page.evaluate((id) => (window as ClerkWindow).Clerk!.setActive({ organization: id }), organization);
}

/** Waits until the team page shows that this organization is the active one. */
export async function isActive(page: Page, organization: string): Promise<void> {
  await page.getByTestId('organization').filter({ hasText: organization }).waitFor();
}

/** The claims of the session token that the page's SDK gives an app now, `fresh` from the server. */
export async function claims(page: Page, options: { organizationId?: string; fresh?: boolean } = {}) {
  await hasSession(page);
  const { organizationId, fresh } = options;
  const token = await page.evaluate((ask) => (window as ClerkWindow).Clerk!.session!.getToken(ask), {
    organizationId,
    skipCache: fresh,
  });
  if (!token) throw new Error('the page has no session token');
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown> & {
    o?: { id: string; rol: string; slg: string; per?: string; fpm?: string };
  };
}
