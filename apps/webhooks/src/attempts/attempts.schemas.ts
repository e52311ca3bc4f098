import { z } from 'zod';
import { messageFilters } from '../messages/messages.schemas.js';
import { iteratorFields, QueryFlag } from '../svix-api/svix-list.js';

const Status = z.coerce.number().int().min(0).max(4).optional();
const StatusCodeClass = z.coerce
  .number()
  .refine((value) => [0, 100, 200, 300, 400, 500].includes(value))
  .optional();

const listFields = {
  ...iteratorFields,
  ...messageFilters,
  status: Status,
  with_content: QueryFlag.default(true),
  /** Otherwise `sending` and `canceled` are shown as what callers knew before them: `pending` and `fail`. */
  expanded_statuses: QueryFlag.default(false),
};

/** Query of `messageAttempt.listByEndpoint`. */
export const ListByEndpoint = z.object({
  ...listFields,
  status_code_class: StatusCodeClass,
  with_msg: QueryFlag.default(false),
});
export type ListByEndpoint = z.output<typeof ListByEndpoint>;

/** Query of `messageAttempt.listByMsg`. */
export const ListByMessage = z.object({
  ...listFields,
  status_code_class: StatusCodeClass,
  endpoint_id: z.string().optional(),
});
export type ListByMessage = z.output<typeof ListByMessage>;

/** Query of `messageAttempt.listAttemptedMessages`. */
export const ListAttemptedMessages = z.object(listFields);
export type ListAttemptedMessages = z.output<typeof ListAttemptedMessages>;

/** Query of `messageAttempt.listAttemptedDestinations`. */
export const ListDestinations = z.object({ ...iteratorFields });
export type ListDestinations = z.output<typeof ListDestinations>;

/** Query of `messageAttempt.get`. */
export const GetAttempt = z.object({ expanded_statuses: QueryFlag.default(false) });
export type GetAttempt = z.output<typeof GetAttempt>;
