import { FormBoolean, FormObject, IsoMoment, Metadata, oneOrMany, pageFields } from '@latchkey/contracts';
import { z } from 'zod';

/** A name: no links and no markup, for it is shown in mails. */
export const OrganizationName = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .refine((name) => !/:\/\/|\bwww\.|<[^>]*>/i.test(name), { error: 'must not contain links or HTML' });

const Slug = z
  .string()
  .trim()
  .max(256)
  .regex(/^[a-z0-9-]+$/, { error: 'may only contain lower-case letters, digits and dashes' });

/** A document that may be left out; null is an empty one. */
const optionalMetadata = Metadata.nullish().transform((value) => value ?? {});

/** Body of BAPI `CreateOrganization`. */
export const CreateOrganization = z.strictObject({
  name: OrganizationName,
  slug: Slug.nullish(),
  created_by: z.string().min(1).nullish(),
  public_metadata: optionalMetadata,
  private_metadata: optionalMetadata,
  max_allowed_memberships: z.int32().min(0).nullish(),
  created_at: IsoMoment.nullish(),
  role_set_key: z.string().min(1).nullish(),
});
export type CreateOrganization = z.output<typeof CreateOrganization>;

/** Body of FAPI `createOrganization`. */
export const CreateOwnOrganization = z.strictObject({ name: OrganizationName, slug: Slug.nullish() });
export type CreateOwnOrganization = z.output<typeof CreateOwnOrganization>;

/** Body of BAPI `UpdateOrganization`. Metadata belongs to API versions before 2026-05-12. */
export const UpdateOrganization = z.strictObject({
  name: OrganizationName.nullish(),
  slug: Slug.nullish(),
  max_allowed_memberships: z.int32().min(0).nullish(),
  admin_delete_enabled: z.boolean().nullish(),
  created_at: IsoMoment.nullish(),
  role_set_key: z.string().min(1).nullish(),
  public_metadata: Metadata.nullish(),
  private_metadata: Metadata.nullish(),
});
export type UpdateOrganization = z.output<typeof UpdateOrganization>;

/** Body of FAPI `updateOrganization`. */
export const UpdateOwnOrganization = z.strictObject({ name: OrganizationName.nullish(), slug: Slug.nullish() });
export type UpdateOwnOrganization = z.output<typeof UpdateOwnOrganization>;

/** Body of BAPI `MergeOrganizationMetadata` and `ReplaceOrganizationMetadata`. */
export const OrganizationMetadata = z.strictObject({
  public_metadata: FormObject.pipe(Metadata).nullish(),
  private_metadata: FormObject.pipe(Metadata).nullish(),
});
export type OrganizationMetadata = z.output<typeof OrganizationMetadata>;

const shown = {
  include_members_count: FormBoolean.default(false),
  include_missing_member_with_elevated_permissions: FormBoolean.default(false),
};

/** Query of BAPI `GetOrganization`. */
export const GetOrganization = z.strictObject(shown);
export type GetOrganization = z.output<typeof GetOrganization>;

/** Query of BAPI `ListOrganizations`. */
export const ListOrganizations = z.strictObject({
  ...shown,
  ...pageFields,
  query: z.string().optional(),
  user_id: oneOrMany(z.string()).optional(),
  organization_id: oneOrMany(z.string()).optional(),
  order_by: z
    .string()
    .regex(/^[-+ ]?(name|created_at|members_count)$/)
    .default('-created_at'),
});
export type ListOrganizations = z.output<typeof ListOrganizations>;
