import { FormObject, listFields, Metadata, oneOrMany, pageFields, QueryMoment } from '@latchkey/contracts';
import { z } from 'zod';

const optionalMetadata = Metadata.nullish().transform((value) => value ?? {});

/** Body of BAPI `CreateOrganizationMembership`. */
export const CreateMembership = z.strictObject({
  user_id: z.string().min(1),
  role: z.string().min(1),
  public_metadata: optionalMetadata,
  private_metadata: optionalMetadata,
});
export type CreateMembership = z.output<typeof CreateMembership>;

/** Body of FAPI `CreateOrganizationMembership`. */
export const AddMember = z.strictObject({ user_id: z.string().min(1), role: z.string().min(1) });
export type AddMember = z.output<typeof AddMember>;

/** Body of `UpdateOrganizationMembership` of both APIs. */
export const UpdateMembership = z.strictObject({ role: z.string().min(1) });
export type UpdateMembership = z.output<typeof UpdateMembership>;

/** Body of BAPI `UpdateOrganizationMembershipMetadata`. */
export const MembershipMetadata = z.strictObject({
  public_metadata: FormObject.pipe(Metadata).nullish(),
  private_metadata: FormObject.pipe(Metadata).nullish(),
});
export type MembershipMetadata = z.output<typeof MembershipMetadata>;

const OrderBy = z
  .string()
  .regex(/^[-+ ]?(phone_number|email_address|created_at|first_name|last_name|username)$/)
  .default('-created_at');

/** Query of BAPI `ListOrganizationMemberships`. */
export const ListMemberships = z.strictObject({
  ...pageFields,
  order_by: OrderBy,
  user_id: oneOrMany(z.string()).optional(),
  email_address: oneOrMany(z.string().toLowerCase()).optional(),
  phone_number: oneOrMany(z.string()).optional(),
  username: oneOrMany(z.string()).optional(),
  web3_wallet: oneOrMany(z.string()).optional(),
  role: oneOrMany(z.string()).optional(),
  query: z.string().optional(),
  email_address_query: z.string().optional(),
  phone_number_query: z.string().optional(),
  username_query: z.string().optional(),
  name_query: z.string().optional(),
  last_active_at_before: QueryMoment.optional(),
  last_active_at_after: QueryMoment.optional(),
  created_at_before: QueryMoment.optional(),
  created_at_after: QueryMoment.optional(),
});
export type ListMemberships = z.output<typeof ListMemberships>;

/** Query of FAPI `ListOrganizationMemberships`. */
export const ListMembers = z.strictObject({
  ...listFields,
  query: z.string().optional(),
  role: oneOrMany(z.string()).optional(),
});
export type ListMembers = z.output<typeof ListMembers>;

/** Query of FAPI `getOrganizationMemberships`. */
export const ListOwnMemberships = z.strictObject(listFields);
export type ListOwnMemberships = z.output<typeof ListOwnMemberships>;

/** Query of BAPI `UsersGetOrganizationMemberships`. */
export const ListMembershipsOfUser = z.strictObject(pageFields);
export type ListMembershipsOfUser = z.output<typeof ListMembershipsOfUser>;

/** Query of BAPI `InstanceGetOrganizationMemberships`. */
export const ListMembershipsOfInstance = z.strictObject({ ...pageFields, order_by: OrderBy });
export type ListMembershipsOfInstance = z.output<typeof ListMembershipsOfInstance>;
