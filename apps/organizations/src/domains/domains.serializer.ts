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

/** The domain as BAPI and webhooks show it. */
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

/** The domain as FAPI shows it: with the open challenge, and with the name that SDKs have for an affiliation's end. */
export function toOwnDomainJSON(domain: FullDomain) {
  const shown = toDomainJSON(domain);
  const affiliation = shown.affiliation_verification && {
    ...shown.affiliation_verification,
    expires_at: shown.affiliation_verification.expire_at,
  };
  const ownership = shown.ownership_verification && { ...shown.ownership_verification, ...challengeOf(domain) };
  return {
    ...shown,
    affiliation_verification: affiliation,
    verification: affiliation,
    ownership_verification: ownership,
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
  return {
    status: statusOf(row.affiliationStatus, row.affiliationExpireAt, now),
    strategy: row.affiliationStrategy,
    attempts: row.affiliationAttempts,
    expire_at: row.affiliationExpireAt?.getTime() ?? null,
    verified_at: row.affiliationVerifiedAt?.getTime() ?? null,
  };
}

function ownershipOf({ row, now }: FullDomain) {
  if (row.ownershipStatus === null) return null;
  return {
    status: statusOf(row.ownershipStatus, row.ownershipExpireAt, now),
    strategy: row.ownershipStrategy,
    attempts: row.ownershipAttempts,
    expire_at: row.ownershipExpireAt?.getTime() ?? null,
    verified_at: row.ownershipVerifiedAt?.getTime() ?? null,
  };
}

/** The record to publish, while its challenge is open; the value for those alone who may publish it. */
function challengeOf({ row, txtValue }: FullDomain): { txt_record_name?: string; txt_record_value?: string } {
  if (row.ownershipStatus !== 'unverified' || row.ownershipTxtName === null) return {};
  return { txt_record_name: row.ownershipTxtName, ...(txtValue === null ? {} : { txt_record_value: txtValue }) };
}

const statusOf = (status: string, expireAt: Date | null, now: Date): string =>
  status === 'unverified' && expireAt !== null && expireAt <= now ? 'expired' : status;
