import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, paramError } from '@latchkey/core';
import type { Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import type { InstanceSettings } from '../instances/instances.settings.js';
import { withPassword } from '../passwords/password-columns.js';
import { HASHER, PasswordsService } from '../passwords/passwords.service.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import { isTotpSecret } from '../second-factors/totp.js';
import { brokenUsernameRule } from './usernames.js';
import { dataMissing, paramConflict, paramNeeds, paramUnknown } from './users.errors.js';
import type { CreateUser, UpdateUser } from './users.schemas.js';

type Profile = CreateUser | UpdateUser;
type Columns = Omit<Prisma.UserUncheckedUpdateInput, 'id' | 'instanceId'> & Partial<Prisma.UserUncheckedCreateInput>;

/** A user's own fields as BAPI sets them: what is accepted, and the columns they fill. */
@Injectable()
export class UserFieldsService {
  constructor(
    private readonly instances: InstancesService,
    private readonly passwords: PasswordsService,
    private readonly secondFactors: SecondFactorsService,
    private readonly clock: Clock,
  ) {}

  /**
   * The columns for what was given; what was left out stays as it is. Hashes passwords, so not inside a transaction.
   *
   * @param identifiers what a password must not equal
   * @throws `form_param_*`, `form_username_*`, `form_password_*`, `invalid_totp_secret_code` (422)
   */
  async toColumns(ctx: RequestContext, input: Profile, identifiers: string[]): Promise<Columns> {
    const settings = await this.instances.settings(ctx.instanceId);
    if (input.username) {
      if (!settings.attributes.username.enabled) throw paramUnknown('username');
      const broken = brokenUsernameRule(settings.username, input.username);
      if (broken) throw broken;
    }
    return {
      externalId: input.external_id,
      firstName: input.first_name,
      lastName: input.last_name,
      locale: input.locale,
      timezone: input.timezone,
      username: input.username,
      deleteSelfEnabled: input.delete_self_enabled ?? undefined,
      createOrganizationEnabled: input.create_organization_enabled ?? undefined,
      createOrganizationsLimit: input.create_organizations_limit,
      legalAcceptedAt: input.legal_accepted_at ?? undefined,
      createdAt: input.created_at ?? undefined,
      bypassClientTrust: input.bypass_client_trust ?? undefined,
      ...this.codes(input),
      ...(await this.password(settings, input, identifiers)),
    };
  }

  /**
   * Makes sure that a new user has what the instance requires.
   *
   * @throws `form_data_missing`, `form_param_unknown` (422)
   */
  async requireComplete(ctx: RequestContext, input: CreateUser): Promise<void> {
    const settings = await this.instances.settings(ctx.instanceId);
    const { attributes } = settings;
    const identifiers = {
      email_address: (input.email_address?.length ?? 0) > 0,
      phone_number: (input.phone_number?.length ?? 0) > 0,
      username: Boolean(input.username),
      web3_wallet: (input.web3_wallet?.length ?? 0) > 0,
    };
    const kinds = Object.keys(identifiers) as (keyof typeof identifiers)[];
    for (const kind of kinds) if (identifiers[kind] && !attributes[kind].enabled) throw paramUnknown(kind);
    const missing: string[] = input.skip_user_requirement
      ? []
      : kinds.filter((kind) => attributes[kind].enabled && attributes[kind].required && !identifiers[kind]);
    if (missing.length === 0 && !kinds.some((kind) => identifiers[kind]))
      missing.push(...kinds.filter((kind) => attributes[kind].enabled));
    for (const name of ['first_name', 'last_name'] as const)
      if (attributes[name].enabled && attributes[name].required && !input[name]) missing.push(name);
    if (this.lacksPassword(settings, input)) missing.push('password');
    if (settings.sign_up.legal_consent_enabled && !input.legal_accepted_at && !input.skip_legal_checks)
      missing.push('legal_accepted_at');
    if (missing.length) throw dataMissing(missing);
  }

  private lacksPassword({ attributes }: InstanceSettings, input: CreateUser): boolean {
    if (!attributes.password.enabled || !attributes.password.required) return false;
    if (input.password != null || input.password_digest != null) return false;
    if (!input.skip_password_requirement) return true;
    const isOnlyWayIn = !(['email_address', 'phone_number', 'web3_wallet', 'passkey'] as const).some(
      (kind) => attributes[kind].enabled && attributes[kind].first_factors.length > 0,
    );
    if (!isOnlyWayIn) return false;
    const text = 'Passwords are the only way to sign in to this instance.';
    throw paramError('form_param_value_invalid', 'skip_password_requirement', 'is invalid', text);
  }

  private codes(input: Profile): Columns {
    const now = this.clock.now();
    const columns: Columns = {};
    if (input.totp_secret) {
      if (!isTotpSecret(input.totp_secret)) throw totpSecretInvalid();
      columns.totpSecret = this.secondFactors.seal(input.totp_secret);
      columns.totpCreatedAt = columns.totpVerifiedAt = columns.mfaEnabledAt = now;
      columns.totpLastStep = null;
    }
    if (input.backup_codes) {
      columns.backupCodeHashes = this.secondFactors.backupCodeHashes(input.backup_codes);
      columns.backupCodesAt = now;
    }
    return columns;
  }

  private async password(settings: InstanceSettings, input: Profile, identifiers: string[]): Promise<Columns> {
    const { password, password_digest: digest, password_hasher: hasher } = input;
    if (password == null) {
      if (input.skip_password_checks) throw paramNeeds('skip_password_checks', 'password');
      if (digest == null && hasher == null) return {};
      if (digest == null) throw paramNeeds('password_hasher', 'password_digest');
      if (hasher == null) throw paramNeeds('password_digest', 'password_hasher');
      this.passwords.requireImportable(digest, hasher);
      return withPassword(digest, hasher, this.clock.now());
    }
    if (digest != null) throw paramConflict('password', 'password_digest');
    const made = input.skip_password_checks
      ? await this.passwords.digestUnchecked(password)
      : await this.passwords.digest(settings, password, identifiers);
    return withPassword(made, HASHER, this.clock.now());
  }
}

const totpSecretInvalid = () =>
  paramError('invalid_totp_secret_code', 'totp_secret', 'is invalid', 'The secret is not valid base32.');
