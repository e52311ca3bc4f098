import { IsoMoment } from '@latchkey/contracts';
import { z } from 'zod';
import { ApplicationIn } from '../applications/applications.schemas.js';
import { iteratorFields, NameList, QueryFlag } from '../svix-api/svix-list.js';

const Name = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[a-zA-Z0-9\-_.]+$/);
/** Postgres takes no half of a surrogate pair in JSON. */
const wellFormed = (text: string) => text.toWellFormed();
const Labels = z
  .array(z.string().min(1).max(128).transform(wellFormed))
  .max(10)
  .nullish()
  .transform((labels) => labels ?? []);
const PAYLOAD_BYTES = 1024 * 1024;

/** Body of `message.create`. */
export const MessageIn = z
  .object({
    eventType: Name,
    payload: z.unknown().refine((payload) => payload !== undefined, { error: 'must be included' }),
    eventId: Name.nullish(),
    channels: Labels,
    tags: Labels,
    deliverAt: IsoMoment.nullish(),
    payloadRetentionPeriod: z.int().min(1).max(90).nullish(),
    payloadRetentionHours: z
      .int()
      .min(1)
      .max(90 * 24)
      .nullish(),
    application: ApplicationIn.nullish(),
    /** Of these only what `messageInRaw` sends: a body that is not JSON, and its content type. */
    transformationsParams: z
      .object({
        rawPayload: z
          .string()
          .max(PAYLOAD_BYTES)
          .regex(/^[^\0]*$/, { error: 'must not contain NUL' })
          .transform(wellFormed)
          .optional(),
        headers: z.object({ 'content-type': z.string().max(256).optional() }).optional(),
      })
      .nullish(),
  })
  .refine(({ payload }) => Buffer.byteLength(JSON.stringify(payload) ?? '') <= PAYLOAD_BYTES, {
    path: ['payload'],
    error: 'must not be larger than 1 MB',
  });
export type MessageIn = z.output<typeof MessageIn>;

/** Query of calls that show messages. */
export const ContentQuery = z.object({ with_content: QueryFlag.default(true) });
export type ContentQuery = z.output<typeof ContentQuery>;

/** Filters that lists of messages and of attempts share. */
export const messageFilters = {
  channel: z.string().optional(),
  tag: z.string().optional(),
  before: IsoMoment.optional(),
  after: IsoMoment.optional(),
  event_types: NameList.optional(),
};

/** Query of `message.list`. */
export const ListMessages = z.object({ ...iteratorFields, ...messageFilters, with_content: QueryFlag.default(true) });
export type ListMessages = z.output<typeof ListMessages>;

/** Body of `message.precheck`. */
export const Precheck = z.object({ eventType: Name, channels: Labels });
export type Precheck = z.output<typeof Precheck>;
