import { EmailAddress, FormBoolean, Metadata, oneOrMany, pageFields } from '@latchkey/contracts';
import { z } from 'zod';

const optionalMetadata = Metadata.nullish().transform((value) => value ?? {});
const Notify = z
  .boolean()
  .nullish()
  .transform((value) => value ?? true);
const FormNotify = FormBoolean.nullish().transform((value) => value ?? true);

/** Body of BAPI `CreateOrganizationInvitation`. */
export const CreateInvitation = z.strictObject({
  email_address: EmailAddress,
  role: z.string().min(1),
  inviter_user_id: z.string().min(1).nullish(),
  public_metadata: optionalMetadata,
  private_metadata: optionalMetadata,
  redirect_url: z.url({ protocol: /^[a-z][a-z0-9+.-]*$/i }).nullish(),
  expires_in_days: z
    .int()
    .min(1)
    .max(365)
    .nullish()
    .transform((days) => days ?? 30),
  notify: Notify,
});
export type CreateInvitation = z.output<typeof CreateInvitation>;

/** Body of BAPI `CreateOrganizationInvitationBulk`. */
export const CreateInvitations = z.array(CreateInvitation).min(1);
export type CreateInvitations = z.output<typeof CreateInvitations>;

/** Body of FAPI `createOrganizationInvitations`. */
export const InviteMember = z.strictObject({
  email_address: EmailAddress,
  role: z.string().min(1),
  notify: FormNotify,
});
export type InviteMember = z.output<typeof InviteMember>;

/** Body of FAPI `bulkCreateOrganizationInvitations`. */
export const InviteMembers = z.strictObject({
  email_address: oneOrMany(EmailAddress).pipe(z.array(z.string()).min(1)),
  role: z.string().min(1),
  notify: FormNotify,
});
export type InviteMembers = z.output<typeof InviteMembers>;

/** Body of BAPI `RevokeOrganizationInvitation`. */
export const RevokeInvitation = z.strictObject({ requesting_user_id: z.string().min(1).nullish() });
export type RevokeInvitation = z.output<typeof RevokeInvitation>;

const Status = z.enum(['pending', 'accepted', 'revoked', 'expired', 'completed', 'invalid']);
export type InvitationStatus = z.output<typeof Status>;

/** Query of `ListOrganizationInvitations` and FAPI `getOrganizationInvitations`. */
export const ListInvitations = z.strictObject({
  ...pageFields,
  status: oneOrMany(Status).optional(),
  email_address: z.string().toLowerCase().optional(),
  order_by: z
    .string()
    .regex(/^[-+ ]?(created_at|email_address)$/)
    .default('-created_at'),
});
export type ListInvitations = z.output<typeof ListInvitations>;

/** Query of BAPI `ListInstanceOrganizationInvitations`. */
export const ListInvitationsOfInstance = z.strictObject({
  ...pageFields,
  status: oneOrMany(Status).optional(),
  query: z.string().optional(),
  order_by: z
    .string()
    .regex(/^[-+ ]?(created_at|email_address|expires_at)$/)
    .default('-created_at'),
});
export type ListInvitationsOfInstance = z.output<typeof ListInvitationsOfInstance>;

/** Query of `ListPendingOrganizationInvitations`, and of FAPI `getAllPendingOrganizationInvitations`. */
export const ListPending = z.strictObject(pageFields);
export type ListPending = z.output<typeof ListPending>;

/** Query of FAPI `getUsersOrganizationInvitations` and BAPI `UsersGetOrganizationInvitations`. */
export const ListInvitationsOfUser = z.strictObject({ ...pageFields, status: oneOrMany(Status).optional() });
export type ListInvitationsOfUser = z.output<typeof ListInvitationsOfUser>;

/** Bodies of the internal questions about tickets. */
export const InspectTicket = z.strictObject({ ticket: z.string() });
export type InspectTicket = z.output<typeof InspectTicket>;
export const RedeemTicket = z.strictObject({ ticket: z.string(), user_id: z.string() });
export type RedeemTicket = z.output<typeof RedeemTicket>;
