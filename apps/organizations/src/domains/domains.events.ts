import type { EventData } from '@latchkey/contracts';
import { event, type EventCause } from '@latchkey/events';
import { toDeletedDomainJSON, toDomainJSON, type FullDomain } from './domains.serializer.js';

export const domainCreated = (cause: EventCause, domain: FullDomain) =>
  event(
    cause,
    'organizationDomain.created',
    domain.organization.id,
    toDomainJSON(domain) as unknown as EventData<'organizationDomain.created'>,
  );

export const domainUpdated = (cause: EventCause, domain: FullDomain) =>
  event(
    cause,
    'organizationDomain.updated',
    domain.organization.id,
    toDomainJSON(domain) as unknown as EventData<'organizationDomain.updated'>,
  );

export const domainDeleted = (cause: EventCause, domain: FullDomain) =>
  event(
    cause,
    'organizationDomain.deleted',
    domain.organization.id,
    toDeletedDomainJSON(domain.row) as unknown as EventData<'organizationDomain.deleted'>,
  );
