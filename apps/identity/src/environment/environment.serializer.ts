import type { EnvironmentJSON } from '@clerk/shared/types';
import type { InitialRoles } from '@latchkey/clients';
import type { Instance } from '../instances/instances.service.js';
import { SPECIAL_CHARACTERS } from '../passwords/special-characters.js';
import type { InstanceSettings } from '../instances/instances.settings.js';

/**
 * Everything that clerk-js must know of an instance before anybody signs in (`compat/fapi-environment.md`).
 *
 * @param roles what new organizations begin with; null where there are none, and while nobody can tell
 */
export function toEnvironmentJSON(
  instance: Instance,
  isTestMode: boolean,
  roles: InitialRoles | null,
): EnvironmentJSON {
  const { settings } = instance;
  return {
    id: instance.id,
    object: 'environment',
    auth_config: authConfig(instance, isTestMode),
    display_config: displayConfig(instance),
    user_settings: userSettings(settings),
    organization_settings: organizationSettings(settings, roles),
    commerce_settings: {
      billing: {
        stripe_publishable_key: null,
        free_trial_requires_payment_method: false,
        user: { enabled: false, has_paid_plans: false },
        organization: { enabled: false, has_paid_plans: false },
      },
    },
    api_keys_settings: { enabled: false, user_api_keys_enabled: false, orgs_api_keys_enabled: false },
    fraud_settings: { object: 'fraud_settings', native: { device_attestation_mode: 'disabled' } },
    protect_config: { object: 'protect_config', id: instance.id, loaders: [] },
    maintenance_mode: false,
    client_debug_mode: false,
    partitioned_cookies: false,
  } as unknown as EnvironmentJSON;
}

function authConfig({ id, environment, settings, createdAt }: Instance, isTestMode: boolean) {
  const { attributes } = settings;
  const mode = (attribute: { enabled: boolean; required: boolean }) =>
    attribute.required ? 'required' : attribute.enabled ? 'on' : 'off';
  const identifiers = Object.entries(attributes).filter(
    ([, attribute]) => attribute.enabled && attribute.used_for_first_factor,
  );
  return {
    object: 'auth_config',
    id: id.replace(/^ins_/, 'aac_'),
    first_name: mode(attributes.first_name),
    last_name: mode(attributes.last_name),
    email_address: mode(attributes.email_address),
    phone_number: mode(attributes.phone_number),
    username: mode(attributes.username),
    password: mode(attributes.password),
    identification_requirements: [identifiers.map(([name]) => name)],
    identification_strategies: identifiers.map(([name]) => name),
    first_factors: [
      ...identifiers.flatMap(([, attribute]) => attribute.first_factors),
      ...(attributes.password.enabled ? ['password'] : []),
    ],
    second_factors: Object.values(attributes).flatMap((attribute) =>
      attribute.used_for_second_factor ? attribute.second_factors : [],
    ),
    email_address_verification_strategies: attributes.email_address.verifications,
    single_session_mode: settings.sessions.single_session_mode,
    enhanced_email_deliverability: false,
    test_mode: isTestMode,
    cookieless_dev: environment === 'development',
    url_based_session_syncing: environment === 'development',
    claimed_at: createdAt.getTime(),
    reverification: settings.sessions.reverification,
    preferred_channels: {},
    session_minter: false,
    native_settings: {
      object: 'native_settings',
      api_enabled: true,
      trusted_device_sign_in_enabled: false,
      trusted_device_enrollment_prompt_after_sign_in_enabled: false,
      trusted_device_enrollment_prompt_after_sign_up_enabled: false,
    },
  };
}

function displayConfig({ id, environment, portalUrl, settings: { display, attributes } }: Instance) {
  const page = (path: string) => `${portalUrl}${path}`;
  const app = display.home_url || (environment === 'development' ? display.development_origin : '');
  const home = app || page('/');
  // The portal's own front page shows nothing to whoever has just signed in; their profile does.
  const start = app || page('/user');
  return {
    object: 'display_config',
    id: id.replace(/^ins_/, 'display_config_'),
    instance_environment_type: environment,
    application_name: display.application_name,
    home_url: home,
    sign_in_url: display.sign_in_url || page('/sign-in'),
    sign_up_url: display.sign_up_url || page('/sign-up'),
    user_profile_url: page('/user'),
    organization_profile_url: page('/organization'),
    create_organization_url: page('/create-organization'),
    waitlist_url: page('/waitlist'),
    after_sign_in_url: display.after_sign_in_url || start,
    after_sign_up_url: display.after_sign_up_url || start,
    after_sign_out_one_url: page('/sign-in/choose'),
    after_sign_out_all_url: page('/sign-in'),
    after_switch_session_url: home,
    after_create_organization_url: home,
    after_leave_organization_url: home,
    after_join_waitlist_url: home,
    logo_image_url: display.logo_image_url,
    logo_url: display.logo_image_url || null,
    logo_image: null,
    logo_link_url: home,
    favicon_image_url: display.favicon_image_url,
    favicon_url: display.favicon_image_url || null,
    favicon_image: null,
    preferred_sign_in_strategy: preferredStrategy(display, attributes),
    branded: false,
    support_email: display.support_email,
    terms_url: display.terms_url,
    privacy_policy_url: display.privacy_policy_url,
    help_url: null,
    theme: THEME,
    show_devmode_warning: false,
    google_one_tap_client_id: null,
    clerk_js_version: display.clerk_js_version,
    captcha_public_key: null,
    captcha_public_key_invisible: null,
    captcha_widget_type: null,
    captcha_provider: 'turnstile',
    captcha_oauth_bypass: [],
    captcha_heartbeat: false,
    oauth_consent_url: page('/oauth-consent'),
    experimental_force_oauth_first: false,
  };
}

/** An administrator's choice counts where passwords are required; elsewhere what users can have decides. */
function preferredStrategy(
  { preferred_sign_in_strategy: chosen }: InstanceSettings['display'],
  { password }: InstanceSettings['attributes'],
): 'password' | 'otp' {
  if (!password.enabled) return 'otp';
  return (password.required && chosen) || 'password';
}

function userSettings(settings: InstanceSettings) {
  const { attributes, password, username, restrictions, attack_protection, actions } = settings;
  return {
    attributes: Object.fromEntries(
      Object.entries({ ...attributes, ticket: TICKET }).map(([name, attribute]) => [name, { name, ...attribute }]),
    ),
    social: {},
    enterprise_sso: { enabled: false, self_serve_sso: false },
    saml: { enabled: false },
    sign_in: { second_factor: { required: settings.sign_in.second_factor_required, enabled: false } },
    sign_up: {
      mode: settings.sign_up.mode,
      captcha_enabled: false,
      captcha_widget_type: 'smart',
      custom_action_required: false,
      allowlist_only: restrictions.allowlist.enabled,
      progressive: settings.sign_up.progressive,
      legal_consent_enabled: settings.sign_up.legal_consent_enabled,
      mfa: { required: settings.sign_up.mfa_required },
    },
    restrictions,
    password_settings: {
      ...password,
      allowed_special_characters: SPECIAL_CHARACTERS,
      disable_password_reverification: false,
    },
    username_settings: username,
    passkey_settings: { allow_autofill: true, show_sign_in_button: true, satisfies_second_factor: true },
    attack_protection: { ...attack_protection, pii: { enabled: true } },
    actions,
  };
}

function organizationSettings({ organizations }: InstanceSettings, roles: InitialRoles | null) {
  return {
    enabled: organizations.enabled,
    max_allowed_memberships: organizations.max_allowed_memberships,
    force_organization_selection: organizations.force_organization_selection,
    actions: { admin_delete: organizations.admin_delete },
    domains: { ...organizations.domains, ...(roles && { default_role: roles.default_role }) },
    slug: { disabled: organizations.slug_disabled },
    organization_creation_defaults: organizations.creation_defaults,
    creator_role: roles?.creator_role ?? organizations.creator_role,
  };
}

const TICKET = {
  enabled: true,
  required: false,
  used_for_first_factor: false,
  first_factors: [],
  used_for_second_factor: false,
  second_factors: [],
  verifications: [],
  verify_at_sign_up: false,
  immutable: false,
};

const THEME = {
  general: {
    color: '#2f3037',
    background_color: '#ffffff',
    font_family: 'sans-serif',
    font_color: '#212126',
    label_font_weight: '500',
    padding: '1em',
    border_radius: '0.5em',
    box_shadow: '0 2px 8px rgba(0, 0, 0, 0.2)',
  },
  buttons: { font_color: '#ffffff', font_family: 'sans-serif', font_weight: '500' },
  accounts: { background_color: '#ffffff' },
};
