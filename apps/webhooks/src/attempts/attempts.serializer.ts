import { STATUS } from '../deliveries/deliveries.queries.js';
import { toEndpointJSON } from '../endpoints/endpoints.serializer.js';
import type { Delivery, Endpoint } from '../generated/prisma/client.js';
import { toMessageJSON } from '../messages/messages.serializer.js';
import type { AttemptedMessageRow, AttemptRow } from './attempts.queries.js';

const TEXTS = ['success', 'pending', 'fail', 'sending', 'canceled'];
/** As callers knew it before there were more states. */
const NARROW: Record<number, number> = { [STATUS.sending]: STATUS.pending, [STATUS.canceled]: STATUS.fail };

function toStatus(status: number, isExpanded: boolean) {
  const shown = isExpanded ? status : (NARROW[status] ?? status);
  return { status: shown, statusText: TEXTS[shown]! };
}

/** How an attempt is shown. */
export interface AttemptOptions {
  isExpanded: boolean;
  withContent: boolean;
  withMessage: boolean;
}

/** The attempt as the svix API shows it. */
export function toAttemptJSON(row: AttemptRow, { isExpanded, withContent, withMessage }: AttemptOptions) {
  return {
    id: row.id,
    msgId: row.messageId,
    endpointId: row.endpointId,
    url: row.url,
    ...toStatus(row.status, isExpanded),
    responseStatusCode: row.responseStatus,
    response: withContent ? row.response : '',
    responseDurationMs: row.durationMs,
    triggerType: row.trigger,
    timestamp: row.createdAt.toISOString(),
    ...(withMessage && row.message ? { msg: toMessageJSON(row.message, withContent) } : {}),
  };
}

/** A message with the state of its way to an endpoint, as the svix API shows it. */
export function toAttemptedMessageJSON(row: AttemptedMessageRow, isExpanded: boolean, withContent: boolean) {
  return {
    ...toMessageJSON(row, withContent),
    ...toStatus(row.status, isExpanded),
    nextAttempt: row.nextAttemptAt?.toISOString() ?? null,
  };
}

/** An endpoint with the state of a message's way to it, as the svix API shows it. */
export function toDestinationJSON(endpoint: Endpoint, delivery: Delivery) {
  const { metadata: _, ...shown } = toEndpointJSON(endpoint);
  return { ...shown, ...toStatus(delivery.status, true), nextAttempt: delivery.nextAttemptAt?.toISOString() ?? null };
}
