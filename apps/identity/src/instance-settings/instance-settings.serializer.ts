import type { InstanceJSON, InstanceRestrictionsJSON, OrganizationSettingsJSON } from '@clerk/backend';
import type { InitialRoles } from '@latchkey/clients';
import type { Instance } from '../instances/instances.service.js';
import type { InstanceSettings } from '../instances/instances.settings.js';

/** The instance as BAPI shows it. Applications have no owner here. */
export function toInstanceJSON({ id, environment, settings }: Instance): InstanceJSON & { workspace_id: null } {
  return {
    object: 'instance',
    id,
    environment_type: environment,
    allowed_origins: settings.allowed_origins,
    workspace_id: null,
  };
}

/** Who may have an account; the SDK's type wants an id, which the contract does not have. */
export function toRestrictionsJSON({ restrictions }: InstanceSettings): Omit<InstanceRestrictionsJSON, 'id'> {
  return {
    object: 'instance_restrictions',
    allowlist: restrictions.allowlist.enabled,
    blocklist: restrictions.blocklist.enabled,
    allowlist_blocklist_disabled_on_sign_in: restrictions.allowlist_blocklist_disabled_on_sign_in.enabled,
    block_email_subaddresses: restrictions.block_email_subaddresses.enabled,
    block_disposable_email_domains: restrictions.block_disposable_email_domains.enabled,
    ignore_dots_for_gmail_addresses: restrictions.ignore_dots_for_gmail_addresses.enabled,
  } as Omit<InstanceRestrictionsJSON, 'id'>;
}

/** The older settings of signing in, as BAPI shows them. */
export function toAuthConfigJSON(instanceId: string, { restrictions, sign_up, communication }: InstanceSettings) {
  return {
    object: 'instance_settings' as const,
    id: instanceId,
    restricted_to_allowlist: restrictions.allowlist.enabled,
    ...(communication.from_email_address === null ? {} : { from_email_address: communication.from_email_address }),
    progressive_sign_up: sign_up.progressive,
    enhanced_email_deliverability: false,
  };
}

/** The countries that get no SMS. */
export const toCommunicationJSON = ({ communication }: InstanceSettings) => ({
  object: 'instance_communication' as const,
  blocked_country_codes: communication.blocked_country_codes,
});

/** Rules against abuse that the vendor's own service would check: there are none here. */
export const protectJSON = {
  object: 'instance_protect',
  rules_enabled: false,
  specter_enabled: false,
  checks_bypassed: false,
} as const;

/** What is set about organizations; the roles and limits are those that `organizations` keeps. */
export function toOrganizationSettingsJSON(
  { organizations }: InstanceSettings,
  roles: InitialRoles,
): Omit<OrganizationSettingsJSON, 'id'> {
  return {
    object: 'organization_settings',
    enabled: organizations.enabled,
    max_allowed_memberships: organizations.max_allowed_memberships,
    max_allowed_roles: roles.limits.roles,
    max_role_sets_allowed: roles.limits.role_sets,
    max_allowed_domains: roles.limits.domains,
    // There is no limit; the contract keeps the field for older SDKs.
    max_allowed_permissions: 0,
    creator_role: roles.creator_role,
    admin_delete_enabled: organizations.admin_delete,
    domains_enabled: organizations.domains.enabled,
    slug_disabled: organizations.slug_disabled,
    domains_enrollment_modes: organizations.domains.enrollment_modes,
    domains_default_role: roles.default_role,
    initial_role_set_key: roles.role_set_key,
  } as Omit<OrganizationSettingsJSON, 'id'>;
}
