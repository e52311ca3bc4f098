import type { OrganizationMembershipRequestJSON } from '@clerk/shared/types';
import type { UserSummary } from '@latchkey/clients';
import type { MembershipRequest } from '../generated/prisma/client.js';

/** The request as FAPI shows it to those who manage the members. */
export const toMembershipRequestJSON = (
  row: MembershipRequest,
  user: UserSummary['public_user_data'] | undefined,
): OrganizationMembershipRequestJSON => ({
  object: 'organization_membership_request',
  id: row.id,
  organization_id: row.organizationId,
  status: row.status as OrganizationMembershipRequestJSON['status'],
  public_user_data: user as OrganizationMembershipRequestJSON['public_user_data'],
  created_at: row.createdAt.getTime(),
  updated_at: row.updatedAt.getTime(),
});
