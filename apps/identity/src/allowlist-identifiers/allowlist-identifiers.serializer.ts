import type { AllowlistIdentifierJSON } from '@clerk/backend';
import type { AllowlistIdentifier } from '../generated/prisma/client.js';

/** The entry as BAPI shows it. */
export function toAllowlistIdentifierJSON(row: AllowlistIdentifier): AllowlistIdentifierJSON {
  return {
    object: 'allowlist_identifier',
    id: row.id,
    identifier: row.identifier,
    identifier_type: row.identifierType as AllowlistIdentifierJSON['identifier_type'],
    instance_id: row.instanceId,
    ...(row.invitationId ? { invitation_id: row.invitationId } : {}),
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  };
}
