import { event, type EventCause } from '@latchkey/events';

const HOUR_MS = 3_600_000;
const hourOf = (moment: Date) => Math.floor(moment.getTime() / HOUR_MS);

/**
 * Whether the other services hear of an activity: of the first in every hour. FAPI and BAPI show the day alone, and an event
 * for each would be one for each token.
 */
export const isNewHour = (before: Date | null, at: Date): boolean => before === null || hourOf(at) > hourOf(before);

/** Users of an instance are active, each for the first time in this hour. */
export const usersActive = (cause: EventCause, users: { id: string; at: Date }[]) =>
  event(cause, 'latchkey.users.active', cause.instanceId, {
    users: users.map(({ id, at }) => ({ id, last_active_at: at.getTime() })),
  });
