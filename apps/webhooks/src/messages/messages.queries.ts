import type { Tx } from '../db.js';
import { isSecret } from './messages.secrecy.js';

/** Which application a message goes to. */
export type Audience =
  | { kind: 'instance' }
  | { kind: 'operational' }
  | {
      kind: 'application';
      id: string;
      /** The one endpoint that gets it, whatever it asks for. */
      onlyTo?: string;
    };

/** A message on its way into the tables. */
export interface MessageRow {
  id: string;
  instanceId: string;
  eventId: string | null;
  eventType: string;
  subject: string | null;
  channels: string[];
  tags: string[];
  payload: string;
  contentType: string | null;
  payloadExpiresAt: Date;
  deliverAt: Date | null;
  createdAt: Date;
}

/** An endpoint that a message goes to, and the revision of it that must be used at least. */
export interface FanOutTarget {
  endpointId: string;
  revision: number;
}

/** What a fan-out has done. No application: nothing. No message: one with this `eventId` exists. */
export interface FanOut {
  applicationId: string | null;
  messageId: string | null;
  targets: FanOutTarget[];
}

const AUDIENCES = {
  instance: `instance_id = $1 AND uid = $1 AND $2::text = ''`,
  operational: `instance_id = $1 AND kind = 'operational' AND $2::text = ''`,
  application: `instance_id = $1 AND id = $2`,
} satisfies Record<Audience['kind'], string>;

const fanOutSql = (audience: Audience['kind']) => `
WITH app AS (SELECT id FROM applications WHERE ${AUDIENCES[audience]}),
wanted AS (
  SELECT e.id, e.revision FROM app JOIN endpoints e ON e.application_id = app.id
  WHERE CASE WHEN $17 <> '' THEN e.id = $17 ELSE NOT e.is_disabled
    AND (e.filter_types = '{}' OR e.filter_types && $16::text[])
    AND (e.channels = '{}' OR e.channels && $7::text[]) END
),
msg AS (
  INSERT INTO messages (id, instance_id, application_id, event_id, event_type, subject, channels, tags, payload,
    content_type, payload_expires_at, deliver_at, created_at)
  SELECT $3, $1, app.id, $4, $5, $6, $7::text[], $8::text[],
    CASE WHEN NOT $19::boolean OR EXISTS (SELECT FROM wanted) THEN $9::text END,
    $10, $11::timestamptz, $12::timestamptz, $13::timestamptz
  FROM app
  ON CONFLICT (application_id, event_id) DO NOTHING
  RETURNING id, application_id
),
sent AS (
  INSERT INTO deliveries (message_id, endpoint_id, instance_id, application_id, status, attempts, trigger, next_attempt_at, held_by, created_at)
  SELECT msg.id, wanted.id, $1, msg.application_id, 1, 0, 0,
    coalesce($12::timestamptz, CASE WHEN wanted.id = ANY($14::text[]) THEN $13::timestamptz ELSE $15::timestamptz END),
    CASE WHEN $12 IS NULL AND NOT wanted.id = ANY($14::text[]) THEN $18::int END, $13::timestamptz
  FROM msg CROSS JOIN wanted
)
SELECT app.id AS "applicationId", msg.id AS "messageId", wanted.id AS "endpointId", wanted.revision
FROM app LEFT JOIN msg ON true LEFT JOIN wanted ON msg.id IS NOT NULL`;

const SQL = {
  instance: fanOutSql('instance'),
  operational: fanOutSql('operational'),
  application: fanOutSql('application'),
};

interface FanOutRow {
  applicationId: string;
  messageId: string | null;
  endpointId: string | null;
  revision: number | null;
}

/**
 * Stores a message and a delivery for each endpoint that wants it, in one statement: it reads the endpoints as they are in
 * this very moment, so no cache can miss one that was just added, and the hot path has one round trip. A payload that is secret is
 * not stored when nobody wants it.
 *
 * @param options.busy endpoints whose deliveries nobody takes up at once; those of all others are leased to the caller
 * @param options.lease until when the caller holds the others
 * @param options.holder the number of this process
 */
export async function fanOut(
  tx: Pick<Tx, '$queryRawUnsafe'>,
  audience: Audience,
  message: MessageRow,
  options: { busy: string[]; lease: Date; holder: number | null },
): Promise<FanOut> {
  const rows = await tx.$queryRawUnsafe<FanOutRow[]>(
    SQL[audience.kind],
    message.instanceId,
    audience.kind === 'application' ? audience.id : '',
    message.id,
    message.eventId,
    message.eventType,
    message.subject,
    message.channels,
    message.tags,
    message.payload,
    message.contentType,
    message.payloadExpiresAt.toISOString(),
    message.deliverAt?.toISOString() ?? null,
    message.createdAt.toISOString(),
    options.busy,
    options.lease.toISOString(),
    [message.eventType, ...groupsOf(message.eventType)],
    (audience.kind === 'application' && audience.onlyTo) || '',
    options.holder,
    isSecret(message.eventType),
  );
  return {
    applicationId: rows[0]?.applicationId ?? null,
    messageId: rows[0]?.messageId ?? null,
    targets: rows.flatMap(({ endpointId, revision }) => (endpointId ? [{ endpointId, revision: revision! }] : [])),
  };
}

/** The groups that an event type belongs to: `a.b` and `a` for `a.b.c`. */
export function groupsOf(eventType: string): string[] {
  const parts = eventType.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** Removes what messages say; the messages and their attempts stay. */
export async function expungePayload(tx: Pick<Tx, '$executeRawUnsafe'>, instanceId: string, id: string): Promise<void> {
  await tx.$executeRawUnsafe(`UPDATE messages SET payload = NULL WHERE instance_id = $1 AND id = $2`, instanceId, id);
}
