import type { OrganizationSuggestionJSON } from '@clerk/shared/types';
import type { Organization, Suggestion } from '../generated/prisma/client.js';
import { toPublicOrganizationData } from '../organizations/organizations.serializer.js';

/** A suggestion with the organization that it leads to. */
export type FullSuggestion = Suggestion & { organization: Organization };

/** The suggestion as FAPI shows it. */
export const toSuggestionJSON = (row: FullSuggestion, view: { fapiUrl: string }): OrganizationSuggestionJSON => ({
  object: 'organization_suggestion',
  id: row.id,
  public_organization_data: toPublicOrganizationData(row.organization, view),
  status: row.status as OrganizationSuggestionJSON['status'],
  created_at: row.createdAt.getTime(),
  updated_at: row.updatedAt.getTime(),
});
