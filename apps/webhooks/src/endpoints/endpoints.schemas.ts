import { IsoMoment } from '@latchkey/contracts';
import { z } from 'zod';
import { rateFields, SvixMetadata, Uid } from '../applications/applications.schemas.js';
import { readSigningSecret } from '../deliveries/deliveries.signature.js';
import { iteratorFields, orderField } from '../svix-api/svix-list.js';

/** Headers that are ours, or that only the HTTP client may set. */
const RESERVED =
  /^(svix-|webhook-|content-length$|content-type$|host$|connection$|transfer-encoding$|keep-alive$|upgrade$|te$|trailer$|expect$|proxy-)/i;

const HeaderName = z
  .string()
  .max(128)
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'is not a header name' })
  .refine((name) => !RESERVED.test(name), { error: 'is a header that cannot be set' });
const HeaderValue = z
  .string()
  .max(4096)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, { error: 'is not a header value' });

/** Headers that are sent with every message to an endpoint. */
export const CustomHeaders = z
  .record(HeaderName, HeaderValue)
  .refine((headers) => Object.keys(headers).length <= 50, { error: 'must not be more than 50' });

const TargetUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(65_536);
const Names = z.array(
  z
    .string()
    .min(1)
    .max(256)
    .regex(/^[a-zA-Z0-9\-_.]+$/),
);
const FilterTypes = Names.min(1).max(1000).nullish();
const Channels = Names.min(1).max(10).nullish();

/** A signing secret that the caller brings. */
export const SigningSecret = z.string().transform((text, ctx) => {
  const secret = readSigningSecret(text);
  if (secret) return secret;
  ctx.addIssue({ code: 'custom', message: 'must be base64 of 24 to 75 bytes, with or without whsec_ in front' });
  return z.NEVER;
});

const endpointFields = {
  url: TargetUrl,
  description: z
    .string()
    .max(4096)
    .nullish()
    .transform((text) => text ?? ''),
  version: z
    .int()
    .min(1)
    .max(32_767)
    .nullish()
    .transform((version) => version ?? 1),
  disabled: z
    .boolean()
    .nullish()
    .transform((disabled) => disabled ?? false),
  filterTypes: FilterTypes,
  channels: Channels,
  metadata: SvixMetadata.nullish().transform((value) => value ?? {}),
  uid: Uid.nullish(),
  ...rateFields,
};

/** Body of `endpoint.create`. */
export const EndpointIn = z.object({
  ...endpointFields,
  secret: SigningSecret.nullish(),
  headers: CustomHeaders.nullish().transform((headers) => headers ?? {}),
});
export type EndpointIn = z.output<typeof EndpointIn>;

/** Body of `endpoint.update`. */
export const EndpointUpdate = z.object(endpointFields);
export type EndpointUpdate = z.output<typeof EndpointUpdate>;

/** Body of `endpoint.patch`. */
export const EndpointPatch = z.object({
  url: TargetUrl.optional(),
  description: z.string().max(4096).optional(),
  version: z.int().min(1).max(32_767).optional(),
  disabled: z.boolean().optional(),
  filterTypes: FilterTypes,
  channels: Channels,
  metadata: SvixMetadata.optional(),
  uid: Uid.nullish(),
  secret: SigningSecret.nullish(),
  ...rateFields,
});
export type EndpointPatch = z.output<typeof EndpointPatch>;

/** Query of `endpoint.list`. */
export const ListEndpoints = z.object({ ...iteratorFields, ...orderField });
export type ListEndpoints = z.output<typeof ListEndpoints>;

/** How long the old secret signs beside a new one, unless told otherwise. */
export const GRACE_SECONDS = 86_400;

/** Body of `endpoint.rotateSecret`. */
export const RotateSecret = z.object({
  key: SigningSecret.nullish(),
  gracePeriodSeconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .nullish()
    .transform((seconds) => seconds ?? GRACE_SECONDS),
});
export type RotateSecret = z.output<typeof RotateSecret>;

/** Body of `endpoint.updateHeaders`. */
export const HeadersIn = z.object({ headers: CustomHeaders });
export type HeadersIn = z.output<typeof HeadersIn>;

/** Body of `endpoint.patchHeaders`. */
export const HeadersPatch = z.object({ headers: CustomHeaders, deleteHeaders: z.array(z.string()).optional() });
export type HeadersPatch = z.output<typeof HeadersPatch>;

/** Query of `endpoint.getStats`. */
export const StatsQuery = z.object({ since: IsoMoment.optional(), until: IsoMoment.optional() });
export type StatsQuery = z.output<typeof StatsQuery>;
