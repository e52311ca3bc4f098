import type { Run } from '@latchkey/db';
import type { Claim } from '@latchkey/events';
import type { Tx } from '../db.js';
import { STATUS } from '../deliveries/deliveries.queries.js';
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

/** Of the applications `a` of a message's instance the one that an audience names; `$6` is the id that it names. */
const AUDIENCES = {
  instance: 'a.uid = a.instance_id',
  operational: `a.kind = 'operational'`,
  application: 'a.id = $6::text',
} satisfies Record<Audience['kind'], string>;

interface FanOutRow {
  id: string;
  applicationId: string | null;
  isNew: boolean;
  endpointIds: string[] | null;
  revisions: number[] | null;
}

/** Columns of the messages as they travel: `json` is a payload that is JSON, which costs a fraction of the same as a text in JSON. */
const MESSAGES = `
  SELECT * FROM json_to_recordset($1::json) AS m(id text, "instanceId" text, "eventId" text, "eventType" text, subject text,
    channels text[], tags text[], json json, text text, "contentType" text, "payloadExpiresAt" timestamptz, "deliverAt" timestamptz,
    "createdAt" timestamptz, types text[], "isSecret" boolean)`;

/** Of the messages to instances those whose events the consumer `$6` has not handled before `$7`. */
const CLAIMED = `
  claimed AS (
    INSERT INTO inbox (consumer, event_id, created_at)
    SELECT $6::text, m."eventId", $7::timestamptz FROM m JOIN app ON app.message_id = m.id
    ON CONFLICT DO NOTHING RETURNING event_id
  ),
  fresh AS (SELECT m.*, app.id AS application_id FROM m JOIN app ON app.message_id = m.id JOIN claimed ON claimed.event_id = m."eventId"),`;
const ALL = `
  fresh AS (SELECT m.*, app.id AS application_id FROM m JOIN app ON app.message_id = m.id),`;

/** See `fanOut`. */
const fanOutSql = (audience: Audience['kind'], fresh: string) => `
  WITH m AS MATERIALIZED (${MESSAGES}),
  app AS (SELECT m.id AS message_id, a.id FROM m JOIN applications a ON a.instance_id = m."instanceId" AND ${AUDIENCES[audience]}),
  ${fresh}
  wanted AS (
    SELECT m.id AS message_id, e.id, e.revision, m."deliverAt" IS NULL AND NOT e.id = ANY($2::text[]) AS is_held
    FROM fresh m JOIN endpoints e ON e.application_id = m.application_id
    WHERE CASE WHEN $5::text <> '' THEN e.id = $5 ELSE NOT e.is_disabled
      AND (e.filter_types = '{}' OR e.filter_types && m.types)
      AND (e.channels = '{}' OR e.channels && m.channels) END
  ),
  msg AS (
    INSERT INTO messages (id, instance_id, application_id, event_id, event_type, subject, channels, tags, payload,
      content_type, payload_expires_at, deliver_at, created_at)
    SELECT m.id, m."instanceId", m.application_id, m."eventId", m."eventType", m.subject, m.channels, m.tags,
      CASE WHEN NOT m."isSecret" OR m.id IN (SELECT message_id FROM wanted) THEN coalesce(m.text, m.json::text) END,
      m."contentType", m."payloadExpiresAt", m."deliverAt", m."createdAt"
    FROM fresh m
    ON CONFLICT (application_id, event_id) DO NOTHING
    RETURNING id, instance_id, application_id, deliver_at, created_at
  ),
  sent AS (
    INSERT INTO deliveries (message_id, endpoint_id, instance_id, application_id, status, attempts, trigger, next_attempt_at,
      held_by, created_at)
    SELECT msg.id, wanted.id, msg.instance_id, msg.application_id, ${STATUS.pending}, 0, 0,
      CASE WHEN is_held THEN $3::timestamptz ELSE coalesce(deliver_at, created_at) END,
      CASE WHEN is_held THEN $4::int END, created_at
    FROM msg JOIN wanted ON wanted.message_id = msg.id
  ),
  lot AS (SELECT message_id, array_agg(id) AS ids, array_agg(revision) AS revisions FROM wanted GROUP BY message_id)
  SELECT m.id, app.id AS "applicationId", msg.id IS NOT NULL AS "isNew", lot.ids AS "endpointIds", lot.revisions
  FROM m LEFT JOIN app ON app.message_id = m.id LEFT JOIN msg ON msg.id = m.id LEFT JOIN lot ON lot.message_id = msg.id`;

/** How a fan-out is done. */
export interface FanOutOptions {
  /** Endpoints whose deliveries nobody takes up at once; those of all others are leased to the caller. */
  busy: string[];
  /** Until when the caller holds the others. */
  lease: Date;
  /** The number of this process. */
  holder: number | null;
  /** Of a consumer that sends to instances: what it has handled before is left out, and the rest noted as handled. */
  claim?: Claim;
}

/**
 * Stores messages and a delivery for each endpoint that wants one, in one statement: it reads the endpoints as they are in
 * this very moment, so no cache can miss one that was just added, and the hot path has one round trip. A payload that is secret is
 * not stored when nobody wants it. The messages travel as JSON, which costs a fraction of as many arrays as they have columns.
 *
 * @returns what was done of each message, in their order
 */
export async function fanOut(
  run: Run,
  audience: Audience,
  messages: readonly MessageRow[],
  { busy, lease, holder, claim }: FanOutOptions,
): Promise<FanOut[]> {
  const named = audience.kind === 'application' ? [audience.onlyTo ?? '', audience.id] : [''];
  const name = `fan_out_${audience.kind}${claim ? '_claimed' : ''}`;
  const rows = await run<FanOutRow>(name, fanOutSql(audience.kind, claim ? CLAIMED : ALL), [
    `[${messages.map((message) => toJson(message, audience)).join()}]`,
    busy,
    lease.toISOString(),
    holder,
    ...named,
    ...(claim ? [claim.consumer, claim.now.toISOString()] : []),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return messages.map(({ id }) => {
    const { applicationId, isNew, endpointIds, revisions } = byId.get(id)!;
    const targets = (endpointIds ?? []).map((endpointId, index) => ({ endpointId, revision: revisions![index]! }));
    return { applicationId, messageId: isNew ? id : null, targets };
  });
}

function toJson({ payload, ...message }: MessageRow, { kind }: Audience): string {
  const types = [message.eventType, ...groupsOf(message.eventType)];
  const rest = { ...message, types, isSecret: isSecret(message.eventType) };
  // An event's payload is JSON of our own making. Postgres reads it while it looks for its end, and would refuse some escapes.
  if (kind !== 'instance' || payload.includes('\\u')) return JSON.stringify({ ...rest, text: payload });
  return `${JSON.stringify(rest).slice(0, -1)},"json":${payload}}`;
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
