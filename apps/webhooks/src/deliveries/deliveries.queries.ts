import { prepared, type Run } from '@latchkey/db';
import type { Tx, WebhooksDb } from '../db.js';
import { Prisma } from '../generated/prisma/client.js';

type Raw = Pick<Tx, '$queryRaw' | '$executeRaw'>;

/** Outcomes and states as the svix API numbers them. */
export const STATUS = { success: 0, pending: 1, fail: 2, sending: 3, canceled: 4 } as const;
export const TRIGGER = { scheduled: 0, manual: 1 } as const;

/** A delivery that this process holds. */
export interface Outgoing {
  messageId: string;
  endpointId: string;
  /** The revision of the endpoint that must be used at least. */
  revision: number;
  instanceId: string;
  applicationId: string;
  eventId: string | null;
  eventType: string;
  subject: string | null;
  /** Null when it is gone. */
  payload: string | null;
  contentType: string | null;
  /** Attempts made so far. */
  attempts: number;
  trigger: number;
  /** Until when nobody else takes it up. Also tells whether the delivery is still ours: whoever changes it changes this. */
  lease: Date;
}

/** How much a claim may take. */
export interface ClaimOptions {
  now: Date;
  lease: Date;
  /** The number of this process. */
  holder: number | null;
  /** How many each of these endpoints has room for. */
  rooms: Map<string, number>;
  /** How many every other endpoint has room for. */
  room: number;
  limit: number;
}

/** See `claimDue`. */
const CLAIM = `
  WITH RECURSIVE busy AS (
    (SELECT endpoint_id FROM deliveries WHERE next_attempt_at IS NOT NULL ORDER BY endpoint_id, next_attempt_at LIMIT 1)
    UNION ALL
    SELECT (SELECT d.endpoint_id FROM deliveries d WHERE d.next_attempt_at IS NOT NULL AND d.endpoint_id > busy.endpoint_id
            ORDER BY d.endpoint_id, d.next_attempt_at LIMIT 1)
    FROM busy WHERE busy.endpoint_id IS NOT NULL
  ),
  due AS (
    SELECT d.message_id, d.endpoint_id FROM busy
    CROSS JOIN LATERAL (
      SELECT message_id, endpoint_id FROM deliveries
      WHERE endpoint_id = busy.endpoint_id AND next_attempt_at <= $1::timestamptz
      ORDER BY next_attempt_at, created_at
      LIMIT coalesce((SELECT room FROM unnest($4::text[], $5::int[]) AS known(id, room) WHERE known.id = busy.endpoint_id), $6::int)
      FOR UPDATE SKIP LOCKED
    ) d
    WHERE busy.endpoint_id IS NOT NULL
    LIMIT $7::int
  ),
  claimed AS (
    UPDATE deliveries d SET next_attempt_at = $2::timestamptz, held_by = $3::int FROM due
    WHERE d.message_id = due.message_id AND d.endpoint_id = due.endpoint_id
    RETURNING d.message_id, d.endpoint_id, d.instance_id, d.application_id, d.attempts, d.trigger, d.created_at
  )
  SELECT c.message_id AS "messageId", c.endpoint_id AS "endpointId", c.instance_id AS "instanceId",
    c.application_id AS "applicationId", c.attempts, c.trigger, m.event_id AS "eventId", coalesce(m.event_type, '') AS "eventType",
    m.subject, m.payload, m.content_type AS "contentType", coalesce(e.revision, 0) AS revision
  FROM claimed c LEFT JOIN messages m ON m.id = c.message_id LEFT JOIN endpoints e ON e.id = c.endpoint_id
  ORDER BY c.created_at, c.message_id`;

/**
 * Takes up deliveries that are due, over all instances. No other process gets them before the lease ends.
 *
 * Endpoints with work are found by one step of the index each (a loose scan), then the due deliveries of each: an endpoint with a long
 * queue costs those behind it nothing. `deliveries_due` holds unfinished deliveries only. Past Prisma, which takes longer over a
 * thousand rows than Postgres.
 */
export async function claimDue(db: WebhooksDb, { lease, ...options }: ClaimOptions): Promise<Outgoing[]> {
  const rows = await prepared<Omit<Outgoing, 'lease'>>(db, 'deliveries_claim', CLAIM, [
    options.now,
    lease,
    options.holder,
    [...options.rooms.keys()],
    [...options.rooms.values()],
    options.room,
    options.limit,
  ]);
  return rows.map((row) => ({ ...row, lease }));
}

/** An attempt that was made, and what it means for its delivery. */
export interface AttemptResult {
  id: string;
  delivery: Outgoing;
  url: string;
  status: number;
  responseStatus: number;
  response: string;
  durationMs: number;
  at: Date;
  /** Of the delivery. */
  nextStatus: number;
  nextAttemptAt: Date | null;
}

/** See `writeResults`. */
const RESULTS = `
  WITH r AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS r(id text, "instanceId" text, "messageId" text, "endpointId" text, url text,
      status int, "responseStatus" int, response text, "durationMs" int, trigger int, at timestamptz, "nextStatus" int,
      attempts int, "nextAttemptAt" timestamptz, lease timestamptz)
  ),
  settled AS (
    UPDATE deliveries d SET
      status = CASE WHEN d.next_attempt_at = r.lease OR r."nextStatus" = 0 THEN r."nextStatus" ELSE d.status END,
      attempts = CASE WHEN d.next_attempt_at = r.lease THEN r.attempts ELSE d.attempts END,
      trigger = CASE WHEN d.next_attempt_at = r.lease THEN 0 ELSE d.trigger END,
      held_by = CASE WHEN d.next_attempt_at = r.lease THEN NULL ELSE d.held_by END,
      next_attempt_at = CASE WHEN d.next_attempt_at = r.lease THEN r."nextAttemptAt" ELSE d.next_attempt_at END
    FROM r WHERE d.message_id = r."messageId" AND d.endpoint_id = r."endpointId"
  )
  INSERT INTO attempts (id, instance_id, message_id, endpoint_id, url, status, response_status, response, duration_ms, trigger, created_at)
  SELECT id, "instanceId", "messageId", "endpointId", url, status, "responseStatus", response, "durationMs", trigger, at FROM r
  ON CONFLICT (id) DO NOTHING`;

/**
 * Writes down a batch of attempts in one statement; the same batch may be written again. A delivery whose lease has changed since is no
 * longer ours; only a success still counts. They travel as JSON, which costs a fraction of as many arrays as they have columns.
 */
export async function writeResults(run: Run, results: readonly AttemptResult[]): Promise<void> {
  const rows = results.map(({ delivery, ...result }) => ({
    ...result,
    instanceId: delivery.instanceId,
    messageId: delivery.messageId,
    endpointId: delivery.endpointId,
    trigger: delivery.trigger,
    attempts: delivery.attempts + 1,
    lease: delivery.lease,
  }));
  await run('deliveries_results', RESULTS, [JSON.stringify(rows)]);
}

/** Deliveries as their holder knows them, to be joined with the table: whose lease has changed since is not among them. */
const heldOf = (deliveries: readonly Outgoing[]) => Prisma.sql`
  unnest(${deliveries.map((d) => d.messageId)}::text[], ${deliveries.map((d) => d.endpointId)}::text[],
    ${deliveries.map((d) => d.lease.toISOString())}::timestamptz[]) AS held(message_id, endpoint_id, lease)
  WHERE d.message_id = held.message_id AND d.endpoint_id = held.endpoint_id AND d.next_attempt_at = held.lease`;

/** Gives deliveries back, so that another process takes them up at once. */
export async function releaseDeliveries(db: Raw, deliveries: readonly Outgoing[], now: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE deliveries d SET next_attempt_at = ${now.toISOString()}::timestamptz, held_by = NULL FROM ${heldOf(deliveries)}`;
}

/** Ends deliveries without an attempt: their endpoint is gone or disabled, or the payload is. */
export async function settleDeliveries(db: Raw, deliveries: readonly Outgoing[], status: number): Promise<void> {
  await db.$executeRaw`
    UPDATE deliveries d SET next_attempt_at = NULL, held_by = NULL, status = ${status}::int FROM ${heldOf(deliveries)}`;
}

/** Ends what still waits for an endpoint that was disabled or removed. */
export async function cancelPending(db: Raw, instanceId: string, endpointId: string): Promise<void> {
  await db.$executeRaw`
    UPDATE deliveries SET next_attempt_at = NULL, status = ${STATUS.canceled}::int
    WHERE endpoint_id = ${endpointId} AND instance_id = ${instanceId} AND next_attempt_at IS NOT NULL`;
}

/** Writes an endpoint's health. Not through Prisma, which would set `updated_at`: whoever configured it has changed nothing. */
export async function writeHealth(
  db: Raw,
  endpoint: { id: string; instanceId: string },
  health: { firstFailureAt: Date | null; failingSince: Date | null },
): Promise<void> {
  await db.$executeRaw`
    UPDATE endpoints SET first_failure_at = ${health.firstFailureAt?.toISOString() ?? null}::timestamptz,
      failing_since = ${health.failingSince?.toISOString() ?? null}::timestamptz
    WHERE id = ${endpoint.id} AND instance_id = ${endpoint.instanceId}`;
}
