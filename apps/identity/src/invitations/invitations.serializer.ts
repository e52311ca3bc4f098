import type { InvitationJSON } from '@clerk/backend';
import type { Invitation } from '../generated/prisma/client.js';

/** The invitation as BAPI shows it; its link, which is the right itself, only when it is made. */
export function toInvitationJSON(row: Invitation, { now, url }: { now: Date; url?: string }): InvitationJSON {
  return {
    object: 'invitation',
    id: row.id,
    email_address: row.emailAddress,
    public_metadata: row.publicMetadata as Record<string, unknown>,
    revoked: row.status === 'revoked',
    status: (row.status === 'pending' && row.expireAt <= now ? 'expired' : row.status) as InvitationJSON['status'],
    ...(url ? { url } : {}),
    expires_at: row.expireAt.getTime(),
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  } as InvitationJSON;
}
