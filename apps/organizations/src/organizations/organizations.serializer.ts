import type { OrganizationJSON as OwnOrganizationJSON } from '@clerk/shared/types';
import type { DeletedObjectJSON, OrganizationJSON } from '@clerk/backend';
import type { Organization } from '../generated/prisma/client.js';

/** An organization with the key of its role set. */
export type FullOrganization = Organization & { roleSet: { key: string } };

/** What Prisma must read for a `FullOrganization`. */
export const fullOrganization = { roleSet: { select: { key: true } } } as const;

/** What showing an organization depends on besides the row. */
export interface OrganizationView {
  /** Where pictures are found: the instance's FAPI. */
  fapiUrl: string;
}

/** What BAPI shows when it is asked for. */
export interface OrganizationExtras {
  membersCount?: boolean;
  missingMember?: boolean;
}

/** The organization as FAPI shows it to its members. */
export function toOwnOrganizationJSON(row: Organization, view: OrganizationView): OwnOrganizationJSON {
  return {
    object: 'organization',
    id: row.id,
    name: row.name,
    slug: row.slug ?? '',
    image_url: logoUrl(row, view.fapiUrl),
    has_image: row.logoId !== null,
    ...{ logo_url: row.logoId && logoUrl(row, view.fapiUrl) },
    members_count: row.membersCount,
    pending_invitations_count: row.pendingInvitationsCount,
    max_allowed_memberships: row.maxAllowedMemberships,
    admin_delete_enabled: row.adminDeleteEnabled,
    self_serve_sso_enabled: false,
    public_metadata: row.publicMetadata as OwnOrganizationJSON['public_metadata'],
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  };
}

/** The organization as BAPI answers and webhooks show it. */
export function toOrganizationJSON(
  row: FullOrganization,
  view: OrganizationView,
  { membersCount = true, missingMember }: OrganizationExtras = {},
): OrganizationJSON {
  return {
    object: 'organization',
    id: row.id,
    name: row.name,
    slug: row.slug ?? '',
    image_url: logoUrl(row, view.fapiUrl),
    has_image: row.logoId !== null,
    ...(membersCount ? { members_count: row.membersCount } : {}),
    ...(missingMember === undefined ? {} : { missing_member_with_elevated_permissions: missingMember }),
    pending_invitations_count: row.pendingInvitationsCount,
    max_allowed_memberships: row.maxAllowedMemberships,
    admin_delete_enabled: row.adminDeleteEnabled,
    public_metadata: row.publicMetadata as OrganizationJSON['public_metadata'],
    private_metadata: row.privateMetadata as OrganizationJSON['private_metadata'],
    ...(row.createdBy ? { created_by: row.createdBy } : {}),
    role_set_key: row.roleSet.key,
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  };
}

/** What those who are asked to join may see of an organization. */
export const toPublicOrganizationData = (row: Organization, view: OrganizationView) => ({
  id: row.id,
  name: row.name,
  slug: row.slug ?? '',
  image_url: logoUrl(row, view.fapiUrl),
  has_image: row.logoId !== null,
});

/** What remains of a deleted organization. */
export const toDeletedOrganizationJSON = (row: Pick<Organization, 'id' | 'slug'>): DeletedObjectJSON => ({
  object: 'organization',
  id: row.id,
  ...(row.slug ? { slug: row.slug } : {}),
  deleted: true,
});

/** The address of an organization's picture: the uploaded one, else one that is drawn from its name. */
export const logoUrl = (row: Pick<Organization, 'id' | 'logoId'>, fapiUrl: string): string =>
  `${fapiUrl}/v1/images/organizations/${row.logoId ?? `avatar-${row.id}`}`;
