import { IsoMoment } from '@latchkey/contracts';
import { z } from 'zod';
import { iteratorFields, orderField } from '../svix-api/svix-list.js';

/** Query of `backgroundTask.list`. */
export const ListTasks = z.object({
  ...iteratorFields,
  ...orderField,
  status: z.enum(['running', 'finished', 'failed']).optional(),
  task: z.string().optional(),
});
export type ListTasks = z.output<typeof ListTasks>;

/** Body of `endpoint.recover` and `endpoint.replayMissing`. */
export const Period = z.object({ since: IsoMoment, until: IsoMoment.nullish() });
export type Period = z.output<typeof Period>;

/** Body of `endpoint.bulkReplay`. */
export const BulkReplay = z.object({
  since: IsoMoment,
  until: IsoMoment.nullish(),
  status: z.int().min(0).max(4).nullish(),
  statusCodeClass: z.union([0, 100, 200, 300, 400, 500].map((value) => z.literal(value))).nullish(),
  eventTypes: z.array(z.string()).nullish(),
  channel: z.string().nullish(),
  tag: z.string().nullish(),
});
export type BulkReplay = z.output<typeof BulkReplay>;

/** Body of `statistics.aggregateAppStats`. */
export const AppUsage = z.object({
  appIds: z.array(z.string()).max(100).nullish(),
  since: IsoMoment,
  until: IsoMoment,
});
export type AppUsage = z.output<typeof AppUsage>;
