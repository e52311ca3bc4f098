import { z } from 'zod';
import { UNSTORABLE, unstorable } from './storable.js';

/** An e-mail address, trimmed and in lower case: the contract treats addresses that differ in case as one. */
export const EmailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(255)
  .pipe(z.email({ error: 'must be a valid email address' }));

/** Size of a metadata document, at most. */
export const METADATA_LIMIT_BYTES = 8192;

/** A JSON object. */
export const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.output<typeof JsonObject>;

/** A metadata document: a JSON object of at most 8 KB. */
export const Metadata = JsonObject.refine((value) => Buffer.byteLength(JSON.stringify(value)) <= METADATA_LIMIT_BYTES, {
  error: 'must not be larger than 8 KB',
  params: { code: 'form_param_exceeds_allowed_size' },
});

/** Longest password that is looked at, in UTF-16 units: what hashing costs grows with it. */
export const PASSWORD_LIMIT = 4096;

/** A password as it is typed. Longer ones than any instance allows are refused before anything is looked up or hashed. */
export const TypedPassword = z.string().refine((text) => text.length <= PASSWORD_LIMIT, {
  error: `must have at most ${PASSWORD_LIMIT} characters`,
  params: { code: 'form_password_length_too_long' },
});

/** A one-time code, as somebody types or pastes it. */
export const OneTimeCode = z.string().trim().min(1);

/** A boolean as forms and queries carry it (`true`, `false`), or as JSON does. */
export const FormBoolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** A whole number as forms and queries carry it, or as JSON does. */
export const FormInteger = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number)
    .pipe(z.int()),
]);

/** A JSON object as forms carry it (JSON text), or as JSON does. */
export const FormObject = z.preprocess(
  (value, ctx) => {
    if (typeof value !== 'string') return value;
    const refuse = (message: string) => {
      ctx.addIssue({ code: 'custom', message, params: { code: 'form_param_format_invalid' } });
      return z.NEVER;
    };
    try {
      const document = JSON.parse(value) as unknown;
      // The text could be kept; what its escapes stand for need not.
      return unstorable(document) === undefined ? document : refuse(UNSTORABLE);
    } catch {
      return refuse('must be a JSON object');
    }
  },
  z.record(z.string(), z.unknown()),
);

/** A repeated field, which arrives as one text when it is given once. */
export const oneOrMany = <T extends z.ZodType>(item: T, max = 100) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).max(max));

/** The last moment whose year has four digits. */
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');

/** A moment in milliseconds since the epoch, as queries carry it; becomes a `Date`. */
export const QueryMoment = FormInteger.pipe(z.int().min(0).max(LAST_MOMENT)).transform((ms) => new Date(ms));

/** A moment as ISO text; becomes a `Date`. Databases have neither a year 0 nor one of five digits. */
export const IsoMoment = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= Date.parse('0001-01-01T00:00:00Z') && Date.parse(text) <= LAST_MOMENT, {
    error: 'must lie in the years 1 to 9999',
  })
  .transform((text) => new Date(text));

/** `limit` and `offset` of a list. Contract: 1 to 500, 10 when left out. */
export const pageFields = {
  limit: FormInteger.pipe(z.int().min(1).max(500)).default(10),
  offset: FormInteger.pipe(z.int().min(0)).default(0),
};

/** Of a list that is a bare array unless a page is asked for. */
export const listFields = { ...pageFields, paginated: FormBoolean.nullish() };

/** Which part of a list is asked for. */
export interface PageRequest {
  limit: number;
  offset: number;
}

/** A part of a list, with the number of entries in the whole of it. */
export interface Page<T> {
  data: T[];
  total_count: number;
}

/** How things with a name and a key (roles, permissions, role sets) are listed: newest first, unless told otherwise. */
export const keyedListFields = {
  ...pageFields,
  query: z.string().optional(),
  order_by: z
    .string()
    .regex(/^[-+ ]?(created_at|name|key)$/)
    .default('-created_at'),
};
