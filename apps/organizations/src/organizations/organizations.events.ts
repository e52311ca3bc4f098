import { event, type EventCause } from '@latchkey/events';
import type { Organization } from '../generated/prisma/client.js';
import {
  toDeletedOrganizationJSON,
  toOrganizationJSON,
  type FullOrganization,
  type OrganizationView,
} from './organizations.serializer.js';

export const organizationCreated = (cause: EventCause, row: FullOrganization, view: OrganizationView) =>
  event(cause, 'organization.created', row.id, toOrganizationJSON(row, view));

export const organizationUpdated = (cause: EventCause, row: FullOrganization, view: OrganizationView) =>
  event(cause, 'organization.updated', row.id, toOrganizationJSON(row, view));

export const organizationDeleted = (cause: EventCause, row: Organization) =>
  event(cause, 'organization.deleted', row.id, toDeletedOrganizationJSON(row));
