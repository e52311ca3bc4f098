/** The part of a message's row that is shown. */
export interface ShownMessage {
  id: string;
  eventId: string | null;
  eventType: string;
  channels: string[];
  tags: string[];
  payload: string | null;
  contentType: string | null;
  deliverAt: Date | null;
  createdAt: Date;
}

/** The message as the svix API shows it. */
export function toMessageJSON(row: ShownMessage, withContent = true) {
  return {
    id: row.id,
    eventId: row.eventId,
    eventType: row.eventType,
    channels: row.channels.length > 0 ? row.channels : null,
    tags: row.tags.length > 0 ? row.tags : null,
    payload: withContent ? toPayload(row) : {},
    deliverAt: row.deliverAt?.toISOString() ?? null,
    timestamp: row.createdAt.toISOString(),
  };
}
export type MessageJSON = ReturnType<typeof toMessageJSON>;

function toPayload({ payload, contentType }: ShownMessage): unknown {
  if (payload === null) return { expired: true };
  return contentType === null ? (JSON.parse(payload) as unknown) : payload;
}
