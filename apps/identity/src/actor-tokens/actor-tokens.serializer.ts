import type { ActorTokenJSON } from '@clerk/backend';
import type { ActorToken } from '../generated/prisma/client.js';

/** The actor token as BAPI shows it; the token itself only when it is made. */
export function toActorTokenJSON(row: ActorToken, secret?: { token: string; url: string }): ActorTokenJSON {
  return {
    object: 'actor_token',
    id: row.id,
    user_id: row.userId,
    actor: row.actor as ActorTokenJSON['actor'],
    status: row.status as ActorTokenJSON['status'],
    ...(secret ? { token: secret.token, url: secret.url } : {}),
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  };
}
