import type { Organization, OrganizationDomain } from '../generated/prisma/client.js';
import { toPublicOrganizationData } from '../organizations/organizations.serializer.js';

/** A domain with what is shown of it. */
export interface FullDomain {
  row: OrganizationDomain;
  organization: Organization;
  pendingInvitations: number;
  pendingSuggestions: number;
  fapiUrl: string;
  now: Date;
  /** The value of the open challenge, for those who may publish it. */
  txtValue: string | null;
}

/** The domain as both APIs show it. */
export function toDomainJSON(domain: FullDomain) {
  const { row } = domain;
  const affiliation = affiliationOf(domain);
  return {
    object: 'organization_domain' as const,
    id: row.id,
    organization_id: row.organizationId,
    name: row.name,
    enrollment_mode: row.enrollmentMode,
    affiliation_email_address: row.affiliationEmailAddress,
    affiliation_verification: affiliation,
    /** The name that the affiliation had before there was another verification. */
    verification: affiliation,
    ownership_verification: ownershipOf(domain),
    total_pending_invitations: domain.pendingInvitations,
    total_pending_suggestions: domain.pendingSuggestions,
    public_organization_data: toPublicOrganizationData(domain.organization, domain),
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  };
}

/** What remains of a deleted domain. */
export const toDeletedDomainJSON = (row: Pick<OrganizationDomain, 'id'>) => ({
  object: 'organization_domain' as const,
  id: row.id,
  deleted: true as const,
});

function affiliationOf({ row, now }: FullDomain) {
  if (row.affiliationStatus === null) return null;
  const expireAt = row.affiliationExpireAt?.getTime() ?? null;
  return {
    status: statusOf(row.affiliationStatus, row.affiliationExpireAt, now),
    strategy: row.affiliationStrategy,
    attempts: row.affiliationAttempts,
    // SDKs read the one, the contract names the other.
    expire_at: expireAt,
    expires_at: expireAt,
    verified_at: row.affiliationVerifiedAt?.getTime() ?? null,
  };
}

function ownershipOf({ row, now, txtValue }: FullDomain) {
  if (row.ownershipStatus === null) return null;
  const isOpen = row.ownershipStatus === 'unverified' && row.ownershipTxtName !== null;
  return {
    status: statusOf(row.ownershipStatus, row.ownershipExpireAt, now),
    strategy: row.ownershipStrategy,
    attempts: row.ownershipAttempts,
    expire_at: row.ownershipExpireAt?.getTime() ?? null,
    verified_at: row.ownershipVerifiedAt?.getTime() ?? null,
    ...(isOpen ? { txt_record_name: row.ownershipTxtName } : {}),
    ...(isOpen && txtValue !== null ? { txt_record_value: txtValue } : {}),
  };
}

const statusOf = (status: string, expireAt: Date | null, now: Date): string =>
  status === 'unverified' && expireAt !== null && expireAt <= now ? 'expired' : status;
