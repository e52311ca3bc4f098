import type { EventTypeView } from './event-types.catalogue.js';

/** The event type as the svix API shows it. */
export function toEventTypeJSON(type: EventTypeView, withContent = true) {
  return {
    name: type.name,
    description: type.description,
    groupName: type.groupName,
    schemas: withContent ? type.schemas : null,
    featureFlag: type.featureFlags[0] ?? null,
    featureFlags: type.featureFlags.length > 0 ? type.featureFlags : null,
    archived: type.isArchived,
    deprecated: type.isDeprecated,
    createdAt: type.createdAt.toISOString(),
    updatedAt: type.updatedAt.toISOString(),
  };
}
