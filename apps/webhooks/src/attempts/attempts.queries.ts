import type { WebhooksDb } from '../db.js';
import { STATUS, TRIGGER } from '../deliveries/deliveries.queries.js';
import { Prisma } from '../generated/prisma/client.js';
import type { ShownMessage } from '../messages/messages.serializer.js';
import type { Slice } from '../svix-api/svix-list.js';

/** An attempt with its message; Prisma cannot join the two, which have no foreign key between them. */
export interface AttemptRow {
  id: string;
  messageId: string;
  endpointId: string;
  url: string;
  status: number;
  responseStatus: number;
  response: string;
  durationMs: number;
  trigger: number;
  createdAt: Date;
  message: ShownMessage | null;
}

/** A message with the state of its way to one endpoint. */
export interface AttemptedMessageRow extends ShownMessage {
  status: number;
  nextAttemptAt: Date | null;
}

/** What lists are narrowed to. */
export interface AttemptFilter {
  endpointId?: string;
  messageId?: string;
  status?: number;
  statusCodeClass?: number;
  channel?: string;
  tag?: string;
  eventTypes?: string[];
  before?: Date;
  after?: Date;
}

/** A condition on a value; none when there is no value. */
const when = <T>(value: T | undefined, condition: (value: T) => Prisma.Sql): Prisma.Sql[] =>
  value === undefined ? [] : [condition(value)];

/** What a filter asks of a message and of when `row` was made. */
const conditionsOf = (filter: AttemptFilter, row: 'a' | 'd'): Prisma.Sql[] => {
  const createdAt = row === 'a' ? Prisma.sql`a.created_at` : Prisma.sql`d.created_at`;
  return [
    ...when(filter.before, (before) => Prisma.sql`${createdAt} < ${before.toISOString()}::timestamptz`),
    ...when(filter.after, (after) => Prisma.sql`${createdAt} > ${after.toISOString()}::timestamptz`),
    ...when(filter.channel, (channel) => Prisma.sql`${channel} = ANY(m.channels)`),
    ...when(filter.tag, (tag) => Prisma.sql`${tag} = ANY(m.tags)`),
    ...when(filter.eventTypes, (types) => Prisma.sql`m.event_type = ANY(${types}::text[])`),
  ];
};

/** Which way a slice goes: what follows its beginning, and in which order. */
const waysOf = (isBackwards: boolean) => ({
  comparison: isBackwards ? Prisma.sql`>` : Prisma.sql`<`,
  direction: isBackwards ? Prisma.sql`ASC` : Prisma.sql`DESC`,
});

const MESSAGE = Prisma.sql`m.id AS "mId", m.event_id AS "mEventId", m.event_type AS "mEventType", m.channels AS "mChannels",
  m.tags AS "mTags", m.payload AS "mPayload", m.content_type AS "mContentType", m.deliver_at AS "mDeliverAt", m.created_at AS "mCreatedAt"`;

interface MessageColumns {
  mId: string | null;
  mEventId: string | null;
  mEventType: string;
  mChannels: string[];
  mTags: string[];
  mPayload: string | null;
  mContentType: string | null;
  mDeliverAt: Date | null;
  mCreatedAt: Date;
}

/** Attempts of an instance, newest first. */
export async function listAttempts(
  db: WebhooksDb,
  instanceId: string,
  filter: AttemptFilter,
  { take, after, isBackwards }: Slice,
): Promise<AttemptRow[]> {
  const { comparison, direction } = waysOf(isBackwards);
  const conditions = [
    Prisma.sql`a.instance_id = ${instanceId}`,
    ...when(filter.endpointId, (id) => Prisma.sql`a.endpoint_id = ${id}`),
    ...when(filter.messageId, (id) => Prisma.sql`a.message_id = ${id}`),
    ...when(filter.status, (status) => Prisma.sql`a.status = ${status}::int`),
    ...when(
      filter.statusCodeClass,
      (least) =>
        Prisma.sql`a.response_status >= ${least}::int AND a.response_status < ${least === 0 ? 1 : least + 100}::int`,
    ),
    ...conditionsOf(filter, 'a'),
    ...when(
      after,
      (id) => Prisma.sql`(a.created_at, a.id) ${comparison} (SELECT created_at, id FROM attempts WHERE id = ${id})`,
    ),
  ];
  const rows = await db.$queryRaw<(Omit<AttemptRow, 'message'> & MessageColumns)[]>`
    SELECT a.id, a.message_id AS "messageId", a.endpoint_id AS "endpointId", a.url, a.status,
      a.response_status AS "responseStatus", a.response, a.duration_ms AS "durationMs", a.trigger, a.created_at AS "createdAt", ${MESSAGE}
    FROM attempts a LEFT JOIN messages m ON m.id = a.message_id
    WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY a.created_at ${direction}, a.id ${direction} LIMIT ${take}::int`;
  return rows.map((row) => ({ ...row, message: row.mId ? toMessage(row) : null }));
}

/** Messages that an endpoint was to get, newest first. */
export async function listAttemptedMessages(
  db: WebhooksDb,
  instanceId: string,
  filter: AttemptFilter,
  { take, after, isBackwards }: Slice,
): Promise<AttemptedMessageRow[]> {
  const { comparison, direction } = waysOf(isBackwards);
  const conditions = [
    Prisma.sql`d.instance_id = ${instanceId}`,
    ...when(filter.endpointId, (id) => Prisma.sql`d.endpoint_id = ${id}`),
    ...when(filter.status, (status) => Prisma.sql`d.status = ${status}::int`),
    ...conditionsOf(filter, 'd'),
    ...when(
      after,
      (id) =>
        Prisma.sql`(d.created_at, d.message_id) ${comparison} (SELECT created_at, id FROM messages WHERE id = ${id})`,
    ),
  ];
  const rows = await db.$queryRaw<({ status: number; nextAttemptAt: Date | null } & MessageColumns)[]>`
    SELECT d.status, d.next_attempt_at AS "nextAttemptAt", ${MESSAGE}
    FROM deliveries d JOIN messages m ON m.id = d.message_id
    WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY d.created_at ${direction}, d.message_id ${direction} LIMIT ${take}::int`;
  return rows.map((row) => ({ ...toMessage(row), status: row.status, nextAttemptAt: row.nextAttemptAt }));
}

/** Removes what a receiver has answered. */
export async function expungeResponse(
  db: WebhooksDb,
  instanceId: string,
  messageId: string,
  id: string,
): Promise<number> {
  return db.$executeRaw`
    UPDATE attempts SET response = '' WHERE instance_id = ${instanceId} AND message_id = ${messageId} AND id = ${id}`;
}

/** Makes a message due for an endpoint at once, whether it was sent before or not. */
export async function resend(
  db: WebhooksDb,
  message: { id: string; instanceId: string; applicationId: string; createdAt: Date },
  endpointId: string,
  now: Date,
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO deliveries (message_id, endpoint_id, instance_id, application_id, status, attempts, trigger, next_attempt_at, created_at)
    VALUES (${message.id}, ${endpointId}, ${message.instanceId}, ${message.applicationId}, ${STATUS.pending}::int, 0,
      ${TRIGGER.manual}::int, ${now.toISOString()}::timestamptz, ${message.createdAt.toISOString()}::timestamptz)
    ON CONFLICT (message_id, endpoint_id) DO UPDATE
      SET status = excluded.status, attempts = 0, trigger = excluded.trigger, next_attempt_at = excluded.next_attempt_at`;
}

const toMessage = (row: MessageColumns): ShownMessage => ({
  id: row.mId!,
  eventId: row.mEventId,
  eventType: row.mEventType,
  channels: row.mChannels,
  tags: row.mTags,
  payload: row.mPayload,
  contentType: row.mContentType,
  deliverAt: row.mDeliverAt,
  createdAt: row.mCreatedAt,
});
