import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { AccessRulesService } from '../access-rules/access-rules.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Prisma, SignUp } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { HASHER, PasswordsService } from '../passwords/passwords.service.js';
import { brokenUsernameRule } from '../users/usernames.js';
import { identifierExists } from '../users/users.errors.js';
import type { NewUser } from '../users/users.service.js';
import type { Invited } from './sign-up-tickets.service.js';
import { signUpsOnWaitlist, signUpsRestricted, unknownField } from './sign-ups.errors.js';
import type { SignUpState } from './sign-ups.requirements.js';
import type { CreateSignUp } from './sign-ups.schemas.js';

type SignUpData = Omit<Prisma.SignUpUncheckedUpdateInput, 'id'> & Partial<Prisma.SignUpUncheckedCreateInput>;

const FIELDS = ['email_address', 'phone_number', 'username', 'first_name', 'last_name', 'password'] as const;

/** The fields of a sign-up: what the instance accepts of them, and what becomes of them in the user. */
@Injectable()
export class SignUpFieldsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly accessRules: AccessRulesService,
    private readonly passwords: PasswordsService,
    private readonly clock: Clock,
  ) {}

  /**
   * The row's columns for what was sent; fields that were not sent are left out. Hashes passwords, so not inside a transaction.
   *
   * @param state the sign-up so far
   * @param invitation whose ticket was sent along
   * @throws `form_param_unknown`, `form_identifier_exists`, `form_username_*`, `form_password_*` (422)
   * @throws `sign_up_mode_restricted`, `sign_up_restricted_waitlist`, `not_allowed_access` (403)
   */
  async read(ctx: RequestContext, input: CreateSignUp, state: SignUpState | null, invitation: Invited | null) {
    const settings = await this.instances.settings(ctx.instanceId);
    const before = state?.signUp;
    const isNewEmail = changes(input.email_address, before?.emailAddress);
    const isInvited =
      invitation !== null || (Boolean(before?.invitationId ?? before?.organizationTicket) && !isNewEmail);
    if (settings.sign_up.mode === 'restricted' && !isInvited) throw signUpsRestricted();
    if (settings.sign_up.mode === 'waitlist' && !isInvited) throw signUpsOnWaitlist();
    for (const field of FIELDS)
      if (input[field] != null && !settings.attributes[field].enabled) throw unknownField(field);
    const brokenName = input.username && brokenUsernameRule(settings.username, input.username);
    if (brokenName) throw brokenName;
    await this.requireAllowed(ctx, input, invitation);
    await this.requireFree(ctx, input);
    const identifiers = [input.email_address ?? before?.emailAddress, input.username, input.phone_number].filter(
      (text) => text != null,
    );
    const digest =
      input.password == null ? undefined : await this.passwords.digest(settings, input.password, identifiers);
    return {
      emailAddress: input.email_address,
      phoneNumber: input.phone_number,
      username: input.username,
      firstName: input.first_name,
      lastName: input.last_name,
      locale: input.locale,
      unsafeMetadata: (input.unsafe_metadata as Prisma.InputJsonObject | null | undefined) ?? undefined,
      passwordDigest: digest,
      legalAcceptedAt: input.legal_accepted ? this.clock.now() : undefined,
    } satisfies SignUpData;
  }

  /**
   * The columns that are void once a sign-up has these addresses. Ask with the client held: meanwhile another request may have
   * changed and proved the address that `read` still knew.
   */
  voidedBy({ emailAddress, phoneNumber }: SignUpData, before: SignUp): SignUpData {
    return {
      // Another address needs another proof, and an invitation is for the address that it went to.
      ...(changes(emailAddress, before.emailAddress)
        ? { emailVerificationId: null, invitationId: null, organizationTicket: null, publicMetadata: {} }
        : {}),
      ...(changes(phoneNumber, before.phoneNumber) ? { phoneVerificationId: null } : {}),
    };
  }

  /** The user's own fields that a finished sign-up fills. */
  async toUser(ctx: RequestContext, signUp: SignUp): Promise<NewUser['fields']> {
    const { actions } = await this.instances.settings(ctx.instanceId);
    return {
      username: signUp.username,
      firstName: signUp.firstName,
      lastName: signUp.lastName,
      locale: signUp.locale,
      externalId: signUp.externalId,
      passwordDigest: signUp.passwordDigest,
      passwordHasher: signUp.passwordDigest ? HASHER : null,
      passwordUpdatedAt: signUp.passwordDigest ? this.clock.now() : null,
      unsafeMetadata: signUp.unsafeMetadata as Prisma.InputJsonValue,
      publicMetadata: signUp.publicMetadata as Prisma.InputJsonValue,
      legalAcceptedAt: signUp.legalAcceptedAt,
      deleteSelfEnabled: actions.delete_self,
      createOrganizationEnabled: actions.create_organization,
      createOrganizationsLimit: actions.create_organizations_limit,
    };
  }

  /** Whether somebody has an address or number. */
  async isTaken(
    db: IdentityDb | Tx,
    { instanceId }: RequestContext,
    kind: 'email_address' | 'phone_number',
    value: string,
  ): Promise<boolean> {
    const where = { instanceId, reservedAs: value };
    const count = kind === 'email_address' ? db.emailAddress.count({ where }) : db.phoneNumber.count({ where });
    return (await count) > 0;
  }

  /** Access rules; whoever was invited by hand is let in with that address. */
  private async requireAllowed(
    ctx: RequestContext,
    { email_address: emailAddress, phone_number: phoneNumber }: CreateSignUp,
    invitation: Invited | null,
  ): Promise<void> {
    if (!invitation) await this.accessRules.requireAllowed(ctx.instanceId, { emailAddress, phoneNumber });
  }

  private async requireFree(ctx: RequestContext, input: CreateSignUp): Promise<void> {
    const { attack_protection: protection } = await this.instances.settings(ctx.instanceId);
    // Where nobody may learn whether an account exists, the owner of the address is told instead (`SignUpCodesService`).
    if (!protection.enumeration_protection.enabled) {
      for (const kind of ['email_address', 'phone_number'] as const) {
        const value = input[kind];
        if (value && (await this.isTaken(this.db, ctx, kind, value))) throw identifierExists(kind);
      }
    }
    const { instanceId } = ctx;
    const { username } = input;
    if (username && (await this.db.user.count({ where: { instanceId, username } }))) throw identifierExists('username');
  }
}

const changes = (sent: unknown, present: string | null | undefined) => sent !== undefined && sent !== present;
