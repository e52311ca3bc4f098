import { Injectable } from '@nestjs/common';
import { OrganizationsClient, type InitialRoles } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { getCountries } from 'libphonenumber-js';
import { requireDevelopment } from '../instances/development-only.js';
import { InstancesService, type Instance } from '../instances/instances.service.js';
import type { InstanceSettings } from '../instances/instances.settings.js';
import { sessionSyncingFixed } from './instance-settings.errors.js';
import type {
  EnableEnvironmentSetting,
  UpdateInstance,
  UpdateInstanceAuthConfig,
  UpdateInstanceCommunication,
  UpdateInstanceOrganizationSettings,
  UpdateInstanceRestrictions,
} from './instance-settings.schemas.js';

/** What an app's server may set about its instance. It holds from the next request on, and across restarts. */
@Injectable()
export class InstanceSettingsService {
  constructor(
    private readonly instances: InstancesService,
    private readonly organizations: OrganizationsClient,
  ) {}

  get(ctx: RequestContext): Promise<Instance> {
    return this.instances.require(ctx.instanceId);
  }

  settings(ctx: RequestContext): Promise<InstanceSettings> {
    return this.instances.settings(ctx.instanceId);
  }

  /** @throws `form_param_value_invalid` (422) for a way of syncing sessions that is not this environment's */
  async update(ctx: RequestContext, input: UpdateInstance): Promise<void> {
    requireSessionSyncing(ctx, input);
    await this.instances.updateSettings(ctx, (settings) => {
      const { display, password } = settings;
      settings.test_mode = input.test_mode ?? settings.test_mode;
      if (input.hibp != null) password.disable_hibp = !input.hibp;
      if (input.support_email != null) display.support_email = input.support_email || null;
      if (input.clerk_js_version != null) display.clerk_js_version = input.clerk_js_version || null;
      display.development_origin = input.development_origin ?? display.development_origin;
      settings.allowed_origins = input.allowed_origins ?? settings.allowed_origins;
      const strategy = input.preferred_sign_in_strategy_when_password_required;
      if (strategy != null) display.preferred_sign_in_strategy = strategy || null;
    });
  }

  /** Switches on what a developer's page needs. @throws `request_invalid_for_environment` (400) in production */
  async enable(ctx: RequestContext, input: EnableEnvironmentSetting): Promise<void> {
    requireDevelopment(ctx, 'In production, settings are changed by the server alone.');
    if (!input.enable_organizations) return;
    await this.instances.updateSettings(ctx, ({ organizations }) => {
      organizations.enabled = true;
      const { organization_allow_personal_accounts: hasPersonal } = input;
      if (hasPersonal != null) organizations.force_organization_selection = !hasPersonal;
    });
  }

  updateRestrictions(ctx: RequestContext, input: UpdateInstanceRestrictions): Promise<InstanceSettings> {
    return this.instances.updateSettings(ctx, ({ restrictions }) => {
      for (const name of Object.keys(input) as (keyof UpdateInstanceRestrictions)[])
        restrictions[name].enabled = input[name] ?? restrictions[name].enabled;
    });
  }

  updateAuthConfig(ctx: RequestContext, input: UpdateInstanceAuthConfig): Promise<InstanceSettings> {
    return this.instances.updateSettings(ctx, (settings) => {
      const { restrictions, communication, sign_up: signUp } = settings;
      restrictions.allowlist.enabled = input.restricted_to_allowlist ?? restrictions.allowlist.enabled;
      communication.from_email_address = input.from_email_address ?? communication.from_email_address;
      signUp.progressive = input.progressive_sign_up ?? signUp.progressive;
      settings.test_mode = input.test_mode ?? settings.test_mode;
    });
  }

  /** The list that is sent replaces the present one; codes that are no country's are left out of it. */
  updateCommunication(ctx: RequestContext, input: UpdateInstanceCommunication): Promise<InstanceSettings> {
    const known = new Set<string>(getCountries());
    const codes = input.blocked_country_codes?.filter((code) => known.has(code));
    return this.instances.updateSettings(ctx, ({ communication }) => {
      communication.blocked_country_codes = codes ?? communication.blocked_country_codes;
    });
  }

  async organizationSettings(ctx: RequestContext): Promise<{ settings: InstanceSettings; roles: InitialRoles }> {
    const [settings, roles] = await Promise.all([this.settings(ctx), this.organizations.initialRoles(ctx)]);
    return { settings, roles };
  }

  /**
   * The roles are kept by `organizations`, which checks them first: a refusal changes nothing.
   *
   * @throws `form_resource_not_found`, `organization_missing_creator_role_permissions` (422)
   */
  async updateOrganizationSettings(
    ctx: RequestContext,
    input: UpdateInstanceOrganizationSettings,
  ): Promise<{ settings: InstanceSettings; roles: InitialRoles }> {
    const roles = await this.organizations.chooseInitialRoles(ctx, {
      creator_role_id: input.creator_role_id ?? undefined,
      domains_default_role_id: input.domains_default_role_id ?? undefined,
    });
    const settings = await this.instances.updateSettings(ctx, ({ organizations }) => {
      const { domains } = organizations;
      organizations.enabled = input.enabled ?? organizations.enabled;
      organizations.max_allowed_memberships = input.max_allowed_memberships ?? organizations.max_allowed_memberships;
      organizations.admin_delete = input.admin_delete_enabled ?? organizations.admin_delete;
      organizations.slug_disabled = input.slug_disabled ?? organizations.slug_disabled;
      organizations.creator_role = roles.creator_role;
      domains.enabled = input.domains_enabled ?? domains.enabled;
      domains.enrollment_modes = input.domains_enrollment_modes ?? domains.enrollment_modes;
      domains.default_role = roles.default_role;
    });
    return { settings, roles };
  }
}

/** Development instances carry sessions in addresses and production ones in cookies; neither can be changed. */
function requireSessionSyncing({ environment }: RequestContext, input: UpdateInstance): void {
  for (const name of ['url_based_session_syncing', 'cookieless_dev'] as const) {
    const wanted = input[name] ?? undefined;
    if (wanted !== undefined && wanted !== (environment === 'development'))
      throw sessionSyncingFixed(name, environment);
  }
}
