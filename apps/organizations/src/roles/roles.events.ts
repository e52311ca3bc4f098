import type { EventData } from '@latchkey/contracts';
import { event, type EventCause } from '@latchkey/events';
import { toDeletedRoleJSON, toRoleJSON, type FullRole } from './roles.serializer.js';

export const roleCreated = (cause: EventCause, role: FullRole) =>
  event(cause, 'role.created', role.id, toRoleJSON(role) as unknown as EventData<'role.created'>);

export const roleUpdated = (cause: EventCause, role: FullRole) =>
  event(cause, 'role.updated', role.id, toRoleJSON(role) as unknown as EventData<'role.updated'>);

export const roleDeleted = (cause: EventCause, role: FullRole) =>
  event(cause, 'role.deleted', role.id, toDeletedRoleJSON(role) as unknown as EventData<'role.deleted'>);
