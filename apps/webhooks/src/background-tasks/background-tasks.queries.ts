import type { Tx } from '../db.js';

type Raw = Pick<Tx, '$executeRawUnsafe' | '$queryRawUnsafe'>;

/** Which messages to an endpoint are sent again. Moments as ISO text, as a task's row keeps them. */
export interface ReplayFilter {
  instanceId: string;
  applicationId: string;
  endpointId: string;
  since: string;
  until: string;
  status?: number | null;
  statusCodeClass?: number | null;
  eventTypes?: string[] | null;
  channel?: string | null;
  tag?: string | null;
}

/**
 * Makes deliveries to an endpoint due again that match the filter. Those that wait for a retry are left to it, unless they
 * are asked for by status; whose payload is gone cannot be sent again.
 *
 * @returns how many
 */
export function replay(db: Raw, filter: ReplayFilter, now: Date): Promise<number> {
  return db.$executeRawUnsafe(
    `UPDATE deliveries d SET status = 1, attempts = 0, trigger = 1, next_attempt_at = $6::timestamptz
     FROM messages m
     WHERE d.endpoint_id = $2 AND d.instance_id = $1 AND d.application_id = $3
       AND d.created_at >= $4::timestamptz AND d.created_at <= $5::timestamptz
       AND d.next_attempt_at IS NULL
       AND m.id = d.message_id AND m.payload IS NOT NULL
       AND ($7::int IS NULL OR d.status = $7::int)
       AND ($8::text[] IS NULL OR m.event_type = ANY($8::text[]))
       AND ($9::text IS NULL OR $9::text = ANY(m.channels))
       AND ($10::text IS NULL OR $10::text = ANY(m.tags))
       AND ($11::int IS NULL OR EXISTS (
         SELECT FROM attempts a WHERE a.message_id = d.message_id AND a.endpoint_id = d.endpoint_id
           AND a.response_status >= $11::int
           AND a.response_status < CASE WHEN $11::int = 0 THEN 1 ELSE $11::int + 100 END))`,
    filter.instanceId,
    filter.endpointId,
    filter.applicationId,
    filter.since,
    filter.until,
    now.toISOString(),
    filter.status ?? null,
    filter.eventTypes ?? null,
    filter.channel ?? null,
    filter.tag ?? null,
    filter.statusCodeClass ?? null,
  );
}

/**
 * Makes messages due that were never tried for an endpoint although its filters match: older than it, or from a time when it
 * was disabled.
 *
 * @returns how many
 */
export function replayMissing(db: Raw, filter: ReplayFilter, now: Date): Promise<number> {
  return db.$executeRawUnsafe(
    `INSERT INTO deliveries (message_id, endpoint_id, instance_id, application_id, status, attempts, trigger, next_attempt_at, created_at)
     SELECT m.id, e.id, m.instance_id, m.application_id, 1, 0, 1, $6::timestamptz, m.created_at
     FROM messages m JOIN endpoints e ON e.id = $2 AND e.instance_id = $1
     WHERE m.instance_id = $1 AND m.application_id = $3 AND m.payload IS NOT NULL
       AND m.created_at >= $4::timestamptz AND m.created_at <= $5::timestamptz
       AND (m.deliver_at IS NULL OR m.deliver_at <= $6::timestamptz)
       AND (e.channels = '{}' OR e.channels && m.channels)
       AND (e.filter_types = '{}' OR m.event_type = ANY(e.filter_types)
         OR EXISTS (SELECT FROM unnest(e.filter_types) AS wanted WHERE starts_with(m.event_type, wanted || '.')))
     ON CONFLICT (message_id, endpoint_id) DO UPDATE
       SET status = 1, attempts = 0, trigger = 1, next_attempt_at = excluded.next_attempt_at
       WHERE deliveries.status = 4 AND deliveries.attempts = 0`,
    filter.instanceId,
    filter.endpointId,
    filter.applicationId,
    filter.since,
    filter.until,
    now.toISOString(),
  );
}

/** Removes what all messages of an application say. */
export function expungeAll(db: Raw, instanceId: string, applicationId: string): Promise<number> {
  return db.$executeRawUnsafe(
    `UPDATE messages SET payload = NULL WHERE instance_id = $1 AND application_id = $2 AND payload IS NOT NULL`,
    instanceId,
    applicationId,
  );
}

/** Messages and deliveries of an application between two moments. */
export async function usage(db: Raw, instanceId: string, applicationId: string, since: string, until: string) {
  const [row] = await db.$queryRawUnsafe<{ messages: number; deliveries: number }[]>(
    `SELECT
       (SELECT count(*)::int FROM messages WHERE instance_id = $1 AND application_id = $2
          AND created_at >= $3::timestamptz AND created_at < $4::timestamptz) AS messages,
       (SELECT count(*)::int FROM deliveries WHERE instance_id = $1 AND application_id = $2
          AND created_at >= $3::timestamptz AND created_at < $4::timestamptz) AS deliveries`,
    instanceId,
    applicationId,
    since,
    until,
  );
  return row!;
}

/** How often each event type was sent since a moment. */
export function countEventTypes(db: Raw, instanceId: string, since: Date) {
  return db.$queryRawUnsafe<{ eventType: string; count: number }[]>(
    `SELECT m.event_type AS "eventType", count(*)::int AS count
     FROM messages m JOIN applications a ON a.id = m.application_id
     WHERE a.instance_id = $1 AND a.kind = 'events' AND m.created_at >= $2::timestamptz
     GROUP BY m.event_type ORDER BY m.event_type`,
    instanceId,
    since.toISOString(),
  );
}
