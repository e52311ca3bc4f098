import { z } from 'zod';
import { iteratorFields, orderField, QueryFlag } from '../svix-api/svix-list.js';

const Name = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[a-zA-Z0-9\-_.]+$/);
const Flags = z.array(z.string().max(256)).nullish();

/** Body of `eventType.update`. */
export const EventTypeUpdate = z.object({
  description: z.string().max(4096),
  archived: z.boolean().nullish(),
  deprecated: z.boolean().nullish(),
  featureFlag: z.string().max(256).nullish(),
  featureFlags: Flags,
  groupName: Name.nullish(),
  schemas: z.record(z.string(), z.unknown()).nullish(),
});
export type EventTypeUpdate = z.output<typeof EventTypeUpdate>;

/** Body of `eventType.create`. */
export const EventTypeIn = EventTypeUpdate.extend({ name: Name });
export type EventTypeIn = z.output<typeof EventTypeIn>;

/** Body of `eventType.patch`. */
export const EventTypePatch = EventTypeUpdate.partial();
export type EventTypePatch = z.output<typeof EventTypePatch>;

/** Query of `eventType.list`. */
export const ListEventTypes = z.object({
  ...iteratorFields,
  ...orderField,
  include_archived: QueryFlag.default(false),
  with_content: QueryFlag.default(false),
});
export type ListEventTypes = z.output<typeof ListEventTypes>;

/** Query of `eventType.delete`. */
export const DeleteEventType = z.object({ expunge: QueryFlag.default(false) });
export type DeleteEventType = z.output<typeof DeleteEventType>;

/** Body of `endpoint.sendExample`. */
export const ExampleIn = z.object({ eventType: Name, exampleIndex: z.int().min(0).nullish() });
export type ExampleIn = z.output<typeof ExampleIn>;
