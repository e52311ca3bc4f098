import type {
  OrganizationInvitationJSON as OwnInvitationJSON,
  UserOrganizationInvitationJSON,
} from '@clerk/shared/types';
import type { OrganizationInvitationJSON } from '@clerk/backend';
import type { RoleView, UserSummary } from '@latchkey/clients';
import type { Invitation, Organization } from '../generated/prisma/client.js';
import { toPublicOrganizationData } from '../organizations/organizations.serializer.js';

/** An invitation with everything that is shown of it. */
export interface FullInvitation {
  row: Invitation;
  organization: Organization;
  role: RoleView;
  inviter: UserSummary['public_user_data'] | undefined;
  fapiUrl: string;
  now: Date;
  /** The link; BAPI alone sees it, and only while the invitation is pending. */
  url: string | null;
}

/** The state of an invitation: past its time a pending one has expired, whether or not somebody has noted it yet. */
export const statusOf = (row: Pick<Invitation, 'status' | 'expiresAt'>, now: Date): string =>
  row.status === 'pending' && row.expiresAt <= now ? 'expired' : row.status;

/** The invitation as webhooks show it. */
export function toInvitationEventJSON(invitation: FullInvitation): OrganizationInvitationJSON {
  return {
    ...toInvitationJSON({ ...invitation, url: null }),
    public_organization_data: publicOrganizationOf(invitation),
  };
}

/** The invitation as BAPI shows it. */
export function toInvitationJSON({ row, role, inviter, now, url }: FullInvitation): OrganizationInvitationJSON {
  const status = statusOf(row, now);
  return {
    ...common(row, role, status),
    ...{ inviter_id: row.inviterId, public_inviter_data: inviter ? inviterOf(inviter) : null },
    private_metadata: row.privateMetadata as OrganizationInvitationJSON['private_metadata'],
    url: status === 'pending' ? url : null,
  } as OrganizationInvitationJSON;
}

/** As `toInvitationJSON`, with the organization that it leads to. */
export function toInvitationWithOrganizationJSON(invitation: FullInvitation): OrganizationInvitationJSON {
  return { ...toInvitationJSON(invitation), public_organization_data: publicOrganizationOf(invitation) };
}

/** The invitation as FAPI shows it to those who manage the members. */
export function toOwnInvitationJSON({ row, role, now }: FullInvitation): OwnInvitationJSON {
  return { ...common(row, role, statusOf(row, now)), ...{ url: null } } as OwnInvitationJSON;
}

/** The invitation as FAPI shows it to the invited. */
export function toInvitedJSON(invitation: FullInvitation): UserOrganizationInvitationJSON {
  return {
    ...toOwnInvitationJSON(invitation),
    public_organization_data: publicOrganizationOf(invitation),
  };
}

const publicOrganizationOf = ({ organization, fapiUrl }: FullInvitation) =>
  toPublicOrganizationData(organization, { fapiUrl }) as never;

const inviterOf = (user: UserSummary['public_user_data']) => ({
  user_id: user.user_id,
  first_name: user.first_name,
  last_name: user.last_name,
  image_url: user.image_url,
  has_image: user.has_image,
  identifier: user.identifier,
});

const common = (row: Invitation, role: RoleView, status: string) => ({
  object: 'organization_invitation' as const,
  id: row.id,
  email_address: row.emailAddress,
  role: role.key,
  role_name: role.name,
  organization_id: row.organizationId,
  status,
  public_metadata: row.publicMetadata,
  expires_at: row.expiresAt.getTime(),
  created_at: row.createdAt.getTime(),
  updated_at: row.updatedAt.getTime(),
});
