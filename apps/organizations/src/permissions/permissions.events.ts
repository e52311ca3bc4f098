import type { EventData } from '@latchkey/contracts';
import { event, type EventCause } from '@latchkey/events';
import type { Permission } from '../generated/prisma/client.js';
import { toDeletedPermissionJSON, toPermissionJSON } from './permissions.serializer.js';

export const permissionCreated = (cause: EventCause, row: Permission) =>
  event(cause, 'permission.created', row.id, toPermissionJSON(row) as unknown as EventData<'permission.created'>);

export const permissionUpdated = (cause: EventCause, row: Permission) =>
  event(cause, 'permission.updated', row.id, toPermissionJSON(row) as unknown as EventData<'permission.updated'>);

export const permissionDeleted = (cause: EventCause, row: Permission) =>
  event(
    cause,
    'permission.deleted',
    row.id,
    toDeletedPermissionJSON(row) as unknown as EventData<'permission.deleted'>,
  );
