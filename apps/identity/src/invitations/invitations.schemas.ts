import { EmailAddress, listFields, Metadata } from '@latchkey/contracts';
import { z } from 'zod';

/** Body of BAPI `CreateInvitation`. */
export const CreateInvitation = z.strictObject({
  email_address: EmailAddress,
  public_metadata: Metadata.nullish().transform((value) => value ?? {}),
  redirect_url: z.url().nullish(),
  notify: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  ignore_existing: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  expires_in_days: z
    .int()
    .min(1)
    .max(365)
    .nullish()
    .transform((days) => days ?? 30),
  template_slug: z
    .enum(['invitation', 'waitlist_invitation'])
    .nullish()
    .transform((slug) => slug ?? 'invitation'),
});
export type CreateInvitation = z.output<typeof CreateInvitation>;

/** Body of BAPI `CreateBulkInvitations`. */
export const CreateBulkInvitations = z.array(CreateInvitation).min(1).max(10);
export type CreateBulkInvitations = z.output<typeof CreateBulkInvitations>;

/** Query of BAPI `ListInvitations`. */
export const ListInvitations = z.strictObject({
  ...listFields,
  status: z.enum(['pending', 'accepted', 'revoked', 'expired']).nullish(),
  query: z.string().trim().nullish(),
  order_by: z
    .string()
    .regex(/^[-+ ]?(created_at|email_address|expires_at)$/)
    .default('-created_at'),
});
export type ListInvitations = z.output<typeof ListInvitations>;
