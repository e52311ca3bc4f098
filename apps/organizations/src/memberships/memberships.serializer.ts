import type { OrganizationMembershipJSON as OwnMembershipJSON } from '@clerk/shared/types';
import type { OrganizationMembershipJSON } from '@clerk/backend';
import type { RoleView, UserSummary } from '@latchkey/clients';
import type { Membership } from '../generated/prisma/client.js';
import {
  toOrganizationJSON,
  toOwnOrganizationJSON,
  type FullOrganization,
} from '../organizations/organizations.serializer.js';

/** A membership with everything that is shown of it. */
export interface FullMembership {
  row: Membership;
  organization: FullOrganization;
  role: RoleView;
  /** Undefined for a user whom identity no longer knows. */
  user: UserSummary['public_user_data'] | undefined;
  fapiUrl: string;
}

/** What a user is called in mails. */
export const nameOf = (user: UserSummary['public_user_data']): string =>
  [user.first_name, user.last_name].filter(Boolean).join(' ') || user.identifier;

/** The membership as FAPI shows it. */
export function toOwnMembershipJSON({ row, organization, role, user, fapiUrl }: FullMembership): OwnMembershipJSON {
  return {
    object: 'organization_membership',
    id: row.id,
    organization: toOwnOrganizationJSON(organization, { fapiUrl }),
    public_user_data: user,
    role: role.key,
    role_name: role.name,
    permissions: role.permissions,
    public_metadata: row.publicMetadata as OwnMembershipJSON['public_metadata'],
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  };
}

/** The membership as BAPI answers and webhooks show it. */
export function toMembershipJSON({
  row,
  organization,
  role,
  user,
  fapiUrl,
}: FullMembership): OrganizationMembershipJSON {
  return {
    object: 'organization_membership',
    id: row.id,
    organization: toOrganizationJSON(organization, { fapiUrl }),
    public_user_data: user as OrganizationMembershipJSON['public_user_data'],
    role: role.key,
    ...{ role_name: role.name },
    permissions: role.permissions,
    public_metadata: row.publicMetadata as OrganizationMembershipJSON['public_metadata'],
    private_metadata: row.privateMetadata as OrganizationMembershipJSON['private_metadata'],
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  };
}
