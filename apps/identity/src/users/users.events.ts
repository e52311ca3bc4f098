import { event, type EventCause } from '@latchkey/events';
import type { User } from '../generated/prisma/client.js';
import { toDeletedUserJSON, toUserJSON, type FullUser, type UserView } from './users.serializer.js';

export const userCreated = (cause: EventCause, user: FullUser, view: UserView) =>
  event(cause, 'user.created', user.id, toUserJSON(user, view));

export const userUpdated = (cause: EventCause, user: FullUser, view: UserView) =>
  event(cause, 'user.updated', user.id, toUserJSON(user, view));

export const userDeleted = (cause: EventCause, user: User) =>
  event(cause, 'user.deleted', user.id, toDeletedUserJSON(user));
