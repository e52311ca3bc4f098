import type { Tx } from '../db.js';
import { STATUS, TRIGGER } from '../deliveries/deliveries.queries.js';

type Raw = Pick<Tx, '$executeRaw' | '$queryRaw'>;

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
  const { status = null, eventTypes = null, channel = null, tag = null, statusCodeClass = null } = filter;
  return db.$executeRaw`
    UPDATE deliveries d SET status = ${STATUS.pending}::int, attempts = 0, trigger = ${TRIGGER.manual}::int,
      next_attempt_at = ${now.toISOString()}::timestamptz
    FROM messages m
    WHERE d.endpoint_id = ${filter.endpointId} AND d.instance_id = ${filter.instanceId} AND d.application_id = ${filter.applicationId}
      AND d.created_at >= ${filter.since}::timestamptz AND d.created_at <= ${filter.until}::timestamptz
      AND d.next_attempt_at IS NULL
      AND m.id = d.message_id AND m.payload IS NOT NULL
      AND (${status}::int IS NULL OR d.status = ${status}::int)
      AND (${eventTypes}::text[] IS NULL OR m.event_type = ANY(${eventTypes}::text[]))
      AND (${channel}::text IS NULL OR ${channel}::text = ANY(m.channels))
      AND (${tag}::text IS NULL OR ${tag}::text = ANY(m.tags))
      AND (${statusCodeClass}::int IS NULL OR EXISTS (
        SELECT FROM attempts a WHERE a.message_id = d.message_id AND a.endpoint_id = d.endpoint_id
          AND a.response_status >= ${statusCodeClass}::int
          AND a.response_status < ${statusCodeClass ? statusCodeClass + 100 : 1}::int))`;
}

/**
 * Makes messages due that were never tried for an endpoint although its filters match: older than it, or from a time when it
 * was disabled.
 *
 * @returns how many
 */
export function replayMissing(db: Raw, filter: ReplayFilter, now: Date): Promise<number> {
  const due = now.toISOString();
  return db.$executeRaw`
    INSERT INTO deliveries (message_id, endpoint_id, instance_id, application_id, status, attempts, trigger, next_attempt_at, created_at)
    SELECT m.id, e.id, m.instance_id, m.application_id, ${STATUS.pending}::int, 0, ${TRIGGER.manual}::int, ${due}::timestamptz, m.created_at
    FROM messages m JOIN endpoints e ON e.id = ${filter.endpointId} AND e.instance_id = ${filter.instanceId}
    WHERE m.instance_id = ${filter.instanceId} AND m.application_id = ${filter.applicationId} AND m.payload IS NOT NULL
      AND m.created_at >= ${filter.since}::timestamptz AND m.created_at <= ${filter.until}::timestamptz
      AND (m.deliver_at IS NULL OR m.deliver_at <= ${due}::timestamptz)
      AND (e.channels = '{}' OR e.channels && m.channels)
      AND (e.filter_types = '{}' OR m.event_type = ANY(e.filter_types)
        OR EXISTS (SELECT FROM unnest(e.filter_types) AS wanted WHERE starts_with(m.event_type, wanted || '.')))
    ON CONFLICT (message_id, endpoint_id) DO UPDATE
      SET status = excluded.status, attempts = 0, trigger = excluded.trigger, next_attempt_at = excluded.next_attempt_at
      WHERE deliveries.status = ${STATUS.canceled}::int AND deliveries.attempts = 0`;
}

/** Removes what all messages of an application say. */
export function expungeAll(db: Raw, instanceId: string, applicationId: string): Promise<number> {
  return db.$executeRaw`
    UPDATE messages SET payload = NULL
    WHERE instance_id = ${instanceId} AND application_id = ${applicationId} AND payload IS NOT NULL`;
}

/** Messages and deliveries of an application between two moments. */
export async function usage(db: Raw, instanceId: string, applicationId: string, since: string, until: string) {
  const [row] = await db.$queryRaw<{ messages: number; deliveries: number }[]>`
    SELECT
      (SELECT count(*)::int FROM messages WHERE instance_id = ${instanceId} AND application_id = ${applicationId}
         AND created_at >= ${since}::timestamptz AND created_at < ${until}::timestamptz) AS messages,
      (SELECT count(*)::int FROM deliveries WHERE instance_id = ${instanceId} AND application_id = ${applicationId}
         AND created_at >= ${since}::timestamptz AND created_at < ${until}::timestamptz) AS deliveries`;
  return row!;
}

/** How often each event type was sent since a moment. */
export function countEventTypes(db: Raw, instanceId: string, since: Date) {
  return db.$queryRaw<{ eventType: string; count: number }[]>`
    SELECT m.event_type AS "eventType", count(*)::int AS count
    FROM messages m JOIN applications a ON a.id = m.application_id
    WHERE a.instance_id = ${instanceId} AND a.kind = 'events' AND m.created_at >= ${since.toISOString()}::timestamptz
    GROUP BY m.event_type ORDER BY m.event_type`;
}
