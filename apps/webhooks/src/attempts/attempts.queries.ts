import type { WebhooksDb } from '../db.js';
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

/** Conditions and their values, numbered as they are added. */
class Conditions {
  readonly values: unknown[] = [];
  private readonly parts: string[] = [];

  /** `text` with `?` where the value goes; left out when the value is undefined. */
  add(text: string, value: unknown): this {
    if (value === undefined) return this;
    this.values.push(value instanceof Date ? value.toISOString() : value);
    this.parts.push(text.replaceAll('?', `$${this.values.length}`));
    return this;
  }

  toString(): string {
    return this.parts.join(' AND ');
  }
}

const MESSAGE = `m.id AS "mId", m.event_id AS "mEventId", m.event_type AS "mEventType", m.channels AS "mChannels", m.tags AS "mTags",
  m.payload AS "mPayload", m.content_type AS "mContentType", m.deliver_at AS "mDeliverAt", m.created_at AS "mCreatedAt"`;

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
  const [comparison, direction] = isBackwards ? ['>', 'ASC'] : ['<', 'DESC'];
  const where = new Conditions()
    .add('a.instance_id = ?', instanceId)
    .add('a.endpoint_id = ?', filter.endpointId)
    .add('a.message_id = ?', filter.messageId)
    .add('a.status = ?::int', filter.status)
    .add('a.response_status >= ?::int', filter.statusCodeClass)
    .add(
      'a.response_status < ?::int',
      filter.statusCodeClass === undefined ? undefined : filter.statusCodeClass + (filter.statusCodeClass ? 100 : 1),
    )
    .add('a.created_at < ?::timestamptz', filter.before)
    .add('a.created_at > ?::timestamptz', filter.after)
    .add('? = ANY(m.channels)', filter.channel)
    .add('? = ANY(m.tags)', filter.tag)
    .add('m.event_type = ANY(?::text[])', filter.eventTypes)
    .add(`(a.created_at, a.id) ${comparison} (SELECT created_at, id FROM attempts WHERE id = ?)`, after);
  const rows = await db.$queryRawUnsafe<(Omit<AttemptRow, 'message'> & MessageColumns)[]>(
    `SELECT a.id, a.message_id AS "messageId", a.endpoint_id AS "endpointId", a.url, a.status,
       a.response_status AS "responseStatus", a.response, a.duration_ms AS "durationMs", a.trigger, a.created_at AS "createdAt", ${MESSAGE}
     FROM attempts a LEFT JOIN messages m ON m.id = a.message_id
     WHERE ${where.toString()} ORDER BY a.created_at ${direction}, a.id ${direction} LIMIT ${take}`,
    ...where.values,
  );
  return rows.map((row) => ({ ...row, message: row.mId ? toMessage(row) : null }));
}

/** Messages that an endpoint was to get, newest first. */
export async function listAttemptedMessages(
  db: WebhooksDb,
  instanceId: string,
  filter: AttemptFilter,
  { take, after, isBackwards }: Slice,
): Promise<AttemptedMessageRow[]> {
  const [comparison, direction] = isBackwards ? ['>', 'ASC'] : ['<', 'DESC'];
  const where = new Conditions()
    .add('d.instance_id = ?', instanceId)
    .add('d.endpoint_id = ?', filter.endpointId)
    .add('d.status = ?::int', filter.status)
    .add('d.created_at < ?::timestamptz', filter.before)
    .add('d.created_at > ?::timestamptz', filter.after)
    .add('? = ANY(m.channels)', filter.channel)
    .add('? = ANY(m.tags)', filter.tag)
    .add('m.event_type = ANY(?::text[])', filter.eventTypes)
    .add(`(d.created_at, d.message_id) ${comparison} (SELECT created_at, id FROM messages WHERE id = ?)`, after);
  const rows = await db.$queryRawUnsafe<({ status: number; nextAttemptAt: Date | null } & MessageColumns)[]>(
    `SELECT d.status, d.next_attempt_at AS "nextAttemptAt", ${MESSAGE}
     FROM deliveries d JOIN messages m ON m.id = d.message_id
     WHERE ${where.toString()} ORDER BY d.created_at ${direction}, d.message_id ${direction} LIMIT ${take}`,
    ...where.values,
  );
  return rows.map((row) => ({ ...toMessage(row), status: row.status, nextAttemptAt: row.nextAttemptAt }));
}

/** Removes what a receiver has answered. */
export async function expungeResponse(
  db: WebhooksDb,
  instanceId: string,
  messageId: string,
  id: string,
): Promise<number> {
  return db.$executeRawUnsafe(
    `UPDATE attempts SET response = '' WHERE instance_id = $1 AND message_id = $2 AND id = $3`,
    instanceId,
    messageId,
    id,
  );
}

/** Makes a message due for an endpoint at once, whether it was sent before or not. */
export async function resend(
  db: WebhooksDb,
  message: { id: string; instanceId: string; applicationId: string; createdAt: Date },
  endpointId: string,
  now: Date,
): Promise<void> {
  await db.$executeRawUnsafe(
    `INSERT INTO deliveries (message_id, endpoint_id, instance_id, application_id, status, attempts, trigger, next_attempt_at, created_at)
     VALUES ($1, $2, $3, $4, 1, 0, 1, $5::timestamptz, $6::timestamptz)
     ON CONFLICT (message_id, endpoint_id) DO UPDATE
       SET status = 1, attempts = 0, trigger = 1, next_attempt_at = excluded.next_attempt_at`,
    message.id,
    endpointId,
    message.instanceId,
    message.applicationId,
    now.toISOString(),
    message.createdAt.toISOString(),
  );
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
