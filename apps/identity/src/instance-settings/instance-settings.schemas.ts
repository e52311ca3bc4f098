import { EmailAddress, FormBoolean } from '@latchkey/contracts';
import { z } from 'zod';

/** A setting that is switched; null leaves it as it is, as leaving it out does. */
const Switch = z.boolean().nullish();

/** Scheme, host and port as browsers send them; other schemes than http for extensions and apps. */
const Origin = z
  .string()
  .trim()
  .regex(/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+\/?$/i)
  .transform((text) => text.replace(/\/$/, ''));

/** Of a list: what is no origin has a code of its own. */
const ListedOrigin = z.string().transform((text, ctx) => {
  const origin = Origin.safeParse(text);
  if (origin.success) return origin.data;
  const params = { code: 'form_invalid_origin' };
  ctx.addIssue({ code: 'custom', message: 'must be an origin such as https://example.com', params });
  return z.NEVER;
});

/** Body of BAPI `UpdateInstance`. An empty text takes a value away. */
export const UpdateInstance = z.strictObject({
  test_mode: Switch,
  hibp: Switch,
  support_email: z.union([z.literal(''), EmailAddress]).nullish(),
  clerk_js_version: z
    .string()
    .regex(/^[\w.^~-]*$/)
    .nullish(),
  development_origin: z.union([z.literal(''), Origin]).nullish(),
  allowed_origins: z.array(ListedOrigin).max(100).nullish(),
  cookieless_dev: Switch,
  url_based_session_syncing: Switch,
  preferred_sign_in_strategy_when_password_required: z.enum(['password', 'otp', '']).nullish(),
  /** @clerk/backend may send it; there is no such way of sending mail here to switch on. */
  enhanced_email_deliverability: z.literal(false).nullish(),
});
export type UpdateInstance = z.output<typeof UpdateInstance>;

/** Body of BAPI `UpdateInstanceRestrictions`. */
export const UpdateInstanceRestrictions = z.strictObject({
  allowlist: Switch,
  blocklist: Switch,
  allowlist_blocklist_disabled_on_sign_in: Switch,
  block_email_subaddresses: Switch,
  block_disposable_email_domains: Switch,
  ignore_dots_for_gmail_addresses: Switch,
});
export type UpdateInstanceRestrictions = z.output<typeof UpdateInstanceRestrictions>;

/** Body of BAPI `UpdateInstanceAuthConfig`. */
export const UpdateInstanceAuthConfig = z.strictObject({
  restricted_to_allowlist: Switch,
  /** Letters and digits, as the contract has it, and what else names a mailbox. */
  from_email_address: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
    .max(64)
    .nullish(),
  progressive_sign_up: Switch,
  test_mode: Switch,
});
export type UpdateInstanceAuthConfig = z.output<typeof UpdateInstanceAuthConfig>;

/** Body of BAPI `UpdateInstanceProtect`: there are no rules here that could be switched on. */
export const UpdateInstanceProtect = z.strictObject({
  rules_enabled: z.literal(false).nullish(),
  specter_enabled: z.literal(false).nullish(),
});

/** Body of BAPI `UpdateInstanceCommunication`. */
export const UpdateInstanceCommunication = z.strictObject({
  blocked_country_codes: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .max(250)
    .refine((codes) => new Set(codes).size === codes.length, {
      error: 'must name each country once',
      params: { code: 'form_param_duplicate' },
    })
    .nullish(),
});
export type UpdateInstanceCommunication = z.output<typeof UpdateInstanceCommunication>;

/** Body of BAPI `UpdateInstanceOrganizationSettings`. */
export const UpdateInstanceOrganizationSettings = z.strictObject({
  enabled: Switch,
  max_allowed_memberships: z.int32().min(0).nullish(),
  admin_delete_enabled: Switch,
  domains_enabled: Switch,
  slug_disabled: Switch,
  domains_enrollment_modes: z
    .array(z.enum(['manual_invitation', 'automatic_invitation', 'automatic_suggestion']))
    .max(3)
    .nullish(),
  creator_role_id: z.string().nullish(),
  domains_default_role_id: z.string().nullish(),
});
export type UpdateInstanceOrganizationSettings = z.output<typeof UpdateInstanceOrganizationSettings>;

/** Body of FAPI `enableEnvironmentSetting`. */
export const EnableEnvironmentSetting = z.strictObject({
  enable_organizations: FormBoolean.nullish(),
  organization_allow_personal_accounts: FormBoolean.nullish(),
});
export type EnableEnvironmentSetting = z.output<typeof EnableEnvironmentSetting>;
