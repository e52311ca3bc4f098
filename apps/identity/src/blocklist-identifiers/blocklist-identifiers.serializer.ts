import type { BlocklistIdentifierJSON } from '@clerk/backend';
import type { BlocklistIdentifier } from '../generated/prisma/client.js';

/** The entry as BAPI shows it. */
export function toBlocklistIdentifierJSON(row: BlocklistIdentifier): BlocklistIdentifierJSON {
  return {
    object: 'blocklist_identifier',
    id: row.id,
    identifier: row.identifier,
    identifier_type: row.identifierType as BlocklistIdentifierJSON['identifier_type'],
    instance_id: row.instanceId,
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  };
}
