import type { SessionJSON } from '@clerk/backend';
import type { Session } from '../generated/prisma/client.js';
import type { SessionActivity } from './sessions.activity.js';
import type { SessionTask } from './sessions.tasks.js';

/** The session as BAPI answers and webhooks show it. */
export function toSessionJSON(row: Session, tasks: SessionTask[] = []): SessionJSON {
  return {
    object: 'session',
    id: row.id,
    client_id: row.clientId,
    user_id: row.userId,
    status: row.status,
    ...(row.lastActiveOrganizationId ? { last_active_organization_id: row.lastActiveOrganizationId } : {}),
    actor: row.actor as SessionJSON['actor'],
    latest_activity: toActivityJSON(row) as unknown as NonNullable<SessionJSON['latest_activity']>,
    last_active_at: row.lastActiveAt.getTime(),
    expire_at: row.expireAt.getTime(),
    abandon_at: row.abandonAt.getTime(),
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
    ...(tasks.length ? { tasks } : {}),
  };
}

/** The device that the session was last used on, as both APIs show it. */
export const toActivityJSON = (row: Session) => ({
  object: 'session_activity' as const,
  ...(row.activity as SessionActivity),
});
