const HOUR_MS = 3_600_000;

/** Whose payload holds what lets somebody in: codes, and links with tickets. */
export const SECRET_TYPES = ['email.created', 'sms.created'];

/** Whether the payloads of this event type are kept no longer than it takes to deliver them. */
export const isSecret = (eventType: string): boolean => SECRET_TYPES.includes(eventType);

/** How long a secret payload stays once nobody waits for it any more: long enough to send it again by hand. */
export const AFTERWARDS_MS = HOUR_MS;

/** How long a secret payload is kept at the most. The last attempt is made after 28 hours, or 31 when all waits are long. */
export const SECRET_MS = 32 * HOUR_MS;
