import { EmailAddress, FormBoolean, oneOrMany, pageFields } from '@latchkey/contracts';
import { z } from 'zod';
import { isDomainName } from './domains.names.js';

const MODES = ['manual_invitation', 'automatic_invitation', 'automatic_suggestion', 'enterprise_sso'] as const;
const Mode = z.enum(MODES);
export type EnrollmentMode = z.output<typeof Mode>;

const DomainName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .refine(isDomainName, { error: 'must be the name of a domain', params: { code: 'form_param_format_invalid' } });

const defaultMode = Mode.nullish().transform((mode) => mode ?? ('manual_invitation' as const));

/** Body of BAPI `CreateOrganizationDomain`. */
export const CreateDomain = z.strictObject({
  name: DomainName,
  enrollment_mode: defaultMode,
  verified: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
});
export type CreateDomain = z.output<typeof CreateDomain>;

/** Body of FAPI `CreateOrganizationDomain`. */
export const AddDomain = z.strictObject({ name: DomainName, enrollment_mode: defaultMode });
export type AddDomain = z.output<typeof AddDomain>;

/** Body of FAPI `createOrganizationDomainsBulk`; each name is judged by itself. */
export const AddDomains = z.strictObject({
  names: oneOrMany(z.string().trim().toLowerCase(), 10).pipe(z.array(z.string()).min(1)),
  enrollment_mode: defaultMode,
});
export type AddDomains = z.output<typeof AddDomains>;

/** Body of BAPI `UpdateOrganizationDomain`. */
export const UpdateDomain = z.strictObject({ enrollment_mode: Mode.nullish(), verified: z.boolean().nullish() });
export type UpdateDomain = z.output<typeof UpdateDomain>;

/** Body of FAPI `UpdateOrganizationDomainEnrollmentMode`. */
export const UpdateEnrollmentMode = z.strictObject({
  enrollment_mode: Mode,
  delete_pending: FormBoolean.nullish().transform((value) => value ?? false),
});
export type UpdateEnrollmentMode = z.output<typeof UpdateEnrollmentMode>;

/** Body of FAPI `prepareOrganizationDomainVerification`. */
export const PrepareAffiliation = z.strictObject({ affiliation_email_address: EmailAddress });
export type PrepareAffiliation = z.output<typeof PrepareAffiliation>;

/** Body of FAPI `attemptOrganizationDomainVerification`. */
export const AttemptAffiliation = z.strictObject({ code: z.string().trim().min(1) });
export type AttemptAffiliation = z.output<typeof AttemptAffiliation>;

/** Bodies of the bulk verifications of ownership. */
export const DomainIds = z.strictObject({
  organization_domain_ids: oneOrMany(z.string(), 10).pipe(z.array(z.string()).min(1)),
});
export type DomainIds = z.output<typeof DomainIds>;

const SignedMode = z
  .string()
  .regex(/^[-+ ]?(manual_invitation|automatic_invitation|automatic_suggestion|enterprise_sso)$/);
const split = (value: unknown) => (typeof value === 'string' ? value.split(',') : value);

/** Query of `ListOrganizationDomains`. */
export const ListDomains = z.strictObject({
  ...pageFields,
  verified: FormBoolean.optional(),
  enrollment_mode: z.preprocess(split, oneOrMany(SignedMode)).optional(),
});
export type ListDomains = z.output<typeof ListDomains>;

/** Query of BAPI `ListAllOrganizationDomains`. */
export const ListAllDomains = ListDomains.extend({
  organization_id: z.string().optional(),
  query: z.string().trim().min(1).optional(),
  domains: z.preprocess(split, oneOrMany(z.string().toLowerCase())).optional(),
  order_by: z
    .string()
    .regex(/^[-+ ]?(name|created_at)$/)
    .default('-created_at'),
});
export type ListAllDomains = z.output<typeof ListAllDomains>;
