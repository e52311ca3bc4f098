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

/** Of the applications `a` of a message's instance the one that an audience names. */
const isAudience = (audience: Audience): Prisma.Sql => {
  switch (audience.kind) {
    case 'instance':
      return Prisma.sql`a.uid = a.instance_id`;
    case 'operational':
      return Prisma.sql`a.kind = 'operational'`;
    case 'application':
      return Prisma.sql`a.id = ${audience.id}`;
  }
};

interface FanOutRow {
  id: string;
  applicationId: string | null;
  isNew: boolean;
  endpointIds: string[] | null;
  revisions: number[] | null;
}

/**
 * Stores messages and a delivery for each endpoint that wants one, in one statement: it reads the endpoints as they are in
 * this very moment, so no cache can miss one that was just added, and the hot path has one round trip. A payload that is secret is
 * not stored when nobody wants it. The messages travel as JSON, which costs a fraction of as many arrays as they have columns.
 *
 * @param options.busy endpoints whose deliveries nobody takes up at once; those of all others are leased to the caller
 * @param options.lease until when the caller holds the others
 * @param options.holder the number of this process
 * @returns what was done of each message, in their order
 */
export async function fanOut(
  tx: Pick<Tx, '$queryRaw'>,
  audience: Audience,
  messages: readonly MessageRow[],
  options: { busy: string[]; lease: Date; holder: number | null },
): Promise<FanOut[]> {
  const onlyTo = (audience.kind === 'application' && audience.onlyTo) || '';
  const json = JSON.stringify(
    messages.map((message) => ({
      ...message,
      types: [message.eventType, ...groupsOf(message.eventType)],
      isSecret: isSecret(message.eventType),
    })),
  );
  const rows = await tx.$queryRaw<FanOutRow[]>`
    WITH m AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${json}::json) AS m(id text, "instanceId" text, "eventId" text, "eventType" text, subject text,
        channels text[], tags text[], payload text, "contentType" text, "payloadExpiresAt" timestamptz, "deliverAt" timestamptz,
        "createdAt" timestamptz, types text[], "isSecret" boolean)
    ),
    app AS (
      SELECT m.id AS message_id, a.id FROM m JOIN applications a ON a.instance_id = m."instanceId" AND ${isAudience(audience)}
    ),
    wanted AS (
      SELECT m.id AS message_id, e.id, e.revision,
        m."deliverAt" IS NULL AND NOT e.id = ANY(${options.busy}::text[]) AS is_held
      FROM m JOIN app ON app.message_id = m.id JOIN endpoints e ON e.application_id = app.id
      WHERE CASE WHEN ${onlyTo}::text <> '' THEN e.id = ${onlyTo} ELSE NOT e.is_disabled
        AND (e.filter_types = '{}' OR e.filter_types && m.types)
        AND (e.channels = '{}' OR e.channels && m.channels) END
    ),
    msg AS (
      INSERT INTO messages (id, instance_id, application_id, event_id, event_type, subject, channels, tags, payload,
        content_type, payload_expires_at, deliver_at, created_at)
      SELECT m.id, m."instanceId", app.id, m."eventId", m."eventType", m.subject, m.channels, m.tags,
        CASE WHEN NOT m."isSecret" OR m.id IN (SELECT message_id FROM wanted) THEN m.payload END,
        m."contentType", m."payloadExpiresAt", m."deliverAt", m."createdAt"
      FROM m JOIN app ON app.message_id = m.id
      ON CONFLICT (application_id, event_id) DO NOTHING
      RETURNING id, instance_id, application_id, deliver_at, created_at
    ),
    sent AS (
      INSERT INTO deliveries (message_id, endpoint_id, instance_id, application_id, status, attempts, trigger, next_attempt_at,
        held_by, created_at)
      SELECT msg.id, wanted.id, msg.instance_id, msg.application_id, ${STATUS.pending}::int, 0, 0,
        CASE WHEN is_held THEN ${options.lease.toISOString()}::timestamptz ELSE coalesce(deliver_at, created_at) END,
        CASE WHEN is_held THEN ${options.holder}::int END, created_at
      FROM msg JOIN wanted ON wanted.message_id = msg.id
    ),
    lot AS (SELECT message_id, array_agg(id) AS ids, array_agg(revision) AS revisions FROM wanted GROUP BY message_id)
    SELECT m.id, app.id AS "applicationId", msg.id IS NOT NULL AS "isNew", lot.ids AS "endpointIds", lot.revisions
    FROM m LEFT JOIN app ON app.message_id = m.id LEFT JOIN msg ON msg.id = m.id LEFT JOIN lot ON lot.message_id = msg.id`;
  const byId = new Map(rows.map((row) => [row.id, row]));
  return messages.map(({ id }) => {
    const { applicationId, isNew, endpointIds, revisions } = byId.get(id)!;
    const targets = (endpointIds ?? []).map((endpointId, index) => ({ endpointId, revision: revisions![index]! }));
    return { applicationId, messageId: isNew ? id : null, targets };
  });
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
