import type { ClientJSON } from '@clerk/backend';
import type { Client, Session } from '../generated/prisma/client.js';
import { toSessionJSON } from '../sessions/sessions.serializer.js';

/** The client as BAPI shows it, with its living sessions. */
export function toClientJSON(client: Client, sessions: Session[]): ClientJSON {
  return {
    object: 'client',
    id: client.id,
    session_ids: sessions.map(({ id }) => id),
    sessions: sessions.map((session) => toSessionJSON(session)),
    sign_in_id: client.signInId,
    sign_up_id: client.signUpId,
    last_active_session_id: client.lastActiveSessionId,
    last_authentication_strategy: null,
    created_at: client.createdAt.getTime(),
    updated_at: client.updatedAt.getTime(),
  };
}
