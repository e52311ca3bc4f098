import type { Tx } from '../db.js';
import { STATUS } from '../deliveries/deliveries.queries.js';
import { Prisma } from '../generated/prisma/client.js';
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

/** The application that an audience names. */
const applicationOf = (audience: Audience, instanceId: string): Prisma.Sql => {
  switch (audience.kind) {
    case 'instance':
      return Prisma.sql`instance_id = ${instanceId} AND uid = ${instanceId}`;
    case 'operational':
      return Prisma.sql`instance_id = ${instanceId} AND kind = 'operational'`;
    case 'application':
      return Prisma.sql`instance_id = ${instanceId} AND id = ${audience.id}`;
  }
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
  tx: Pick<Tx, '$queryRaw'>,
  audience: Audience,
  message: MessageRow,
  options: { busy: string[]; lease: Date; holder: number | null },
): Promise<FanOut> {
  const { instanceId, eventType, channels } = message;
  const onlyTo = (audience.kind === 'application' && audience.onlyTo) || '';
  const createdAt = message.createdAt.toISOString();
  const deliverAt = message.deliverAt?.toISOString() ?? null;
  const rows = await tx.$queryRaw<FanOutRow[]>`
    WITH app AS (SELECT id FROM applications WHERE ${applicationOf(audience, instanceId)}),
    wanted AS (
      SELECT e.id, e.revision FROM app JOIN endpoints e ON e.application_id = app.id
      WHERE CASE WHEN ${onlyTo}::text <> '' THEN e.id = ${onlyTo} ELSE NOT e.is_disabled
        AND (e.filter_types = '{}' OR e.filter_types && ${[eventType, ...groupsOf(eventType)]}::text[])
        AND (e.channels = '{}' OR e.channels && ${channels}::text[]) END
    ),
    msg AS (
      INSERT INTO messages (id, instance_id, application_id, event_id, event_type, subject, channels, tags, payload,
        content_type, payload_expires_at, deliver_at, created_at)
      SELECT ${message.id}, ${instanceId}, app.id, ${message.eventId}, ${eventType}, ${message.subject},
        ${channels}::text[], ${message.tags}::text[],
        CASE WHEN NOT ${isSecret(eventType)}::boolean OR EXISTS (SELECT FROM wanted) THEN ${message.payload}::text END,
        ${message.contentType}, ${message.payloadExpiresAt.toISOString()}::timestamptz, ${deliverAt}::timestamptz,
        ${createdAt}::timestamptz
      FROM app
      ON CONFLICT (application_id, event_id) DO NOTHING
      RETURNING id, application_id
    ),
    lot AS (
      SELECT wanted.id, ${deliverAt}::timestamptz IS NULL AND NOT wanted.id = ANY(${options.busy}::text[]) AS is_held FROM wanted
    ),
    sent AS (
      INSERT INTO deliveries (message_id, endpoint_id, instance_id, application_id, status, attempts, trigger, next_attempt_at,
        held_by, created_at)
      SELECT msg.id, lot.id, ${instanceId}, msg.application_id, ${STATUS.pending}::int, 0, 0,
        CASE WHEN lot.is_held THEN ${options.lease.toISOString()}::timestamptz ELSE ${deliverAt ?? createdAt}::timestamptz END,
        CASE WHEN lot.is_held THEN ${options.holder}::int END, ${createdAt}::timestamptz
      FROM msg CROSS JOIN lot
    )
    SELECT app.id AS "applicationId", msg.id AS "messageId", wanted.id AS "endpointId", wanted.revision
    FROM app LEFT JOIN msg ON true LEFT JOIN wanted ON msg.id IS NOT NULL`;
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
export async function expungePayload(tx: Pick<Tx, '$executeRaw'>, instanceId: string, id: string): Promise<void> {
  await tx.$executeRaw`UPDATE messages SET payload = NULL WHERE instance_id = ${instanceId} AND id = ${id}`;
}
