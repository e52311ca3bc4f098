import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError, Clock, paramError } from '@latchkey/core';
import { IdentityDb } from '../db.js';
import type { Prisma, SignUp } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { identifierExists } from '../users/users.errors.js';
import type { NewUser } from '../users/users.service.js';
import type { SignUpState } from './sign-ups.requirements.js';
import type { CreateSignUp } from './sign-ups.schemas.js';

type SignUpData = Omit<Prisma.SignUpUncheckedUpdateInput, 'id'> & Partial<Prisma.SignUpUncheckedCreateInput>;

/** The fields of a sign-up: what the instance accepts of them, and what becomes of them in the user. */
@Injectable()
export class SignUpFieldsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly passwords: PasswordsService,
    private readonly clock: Clock,
  ) {}

  /**
   * The row's columns for what was sent; fields that were not sent are left out.
   *
   * @param state the sign-up so far
   * @throws `form_param_unknown`, `form_identifier_exists`, `form_password_*` (422)
   */
  async read(ctx: RequestContext, input: CreateSignUp, state: SignUpState | null) {
    const settings = await this.instances.settings(ctx.instanceId);
    if (settings.sign_up.mode !== 'public') throw signUpsRestricted();
    for (const field of ['email_address', 'phone_number', 'username', 'first_name', 'last_name', 'password'] as const) {
      if (input[field] != null && !settings.attributes[field].enabled) throw unknownField(field);
    }
    await this.requireFree(ctx, input);
    const identifiers = [input.email_address ?? state?.signUp.emailAddress, input.username, input.phone_number].filter(
      (text) => text != null,
    );
    return {
      emailAddress: input.email_address,
      phoneNumber: input.phone_number,
      username: input.username,
      firstName: input.first_name,
      lastName: input.last_name,
      locale: input.locale,
      unsafeMetadata: input.unsafe_metadata ?? undefined,
      passwordDigest:
        input.password == null ? undefined : await this.passwords.digest(settings, input.password, identifiers),
      legalAcceptedAt: input.legal_accepted ? this.clock.now() : undefined,
      // Another address needs another proof.
      ...(changes(input.email_address, state?.signUp.emailAddress) ? { emailVerificationId: null } : {}),
      ...(changes(input.phone_number, state?.signUp.phoneNumber) ? { phoneVerificationId: null } : {}),
    } satisfies SignUpData;
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
      passwordHasher: signUp.passwordDigest ? 'argon2id' : null,
      passwordUpdatedAt: signUp.passwordDigest ? this.clock.now() : null,
      unsafeMetadata: signUp.unsafeMetadata as Prisma.InputJsonValue,
      publicMetadata: signUp.publicMetadata as Prisma.InputJsonValue,
      legalAcceptedAt: signUp.legalAcceptedAt,
      deleteSelfEnabled: actions.delete_self,
      createOrganizationEnabled: actions.create_organization,
      createOrganizationsLimit: actions.create_organizations_limit,
    };
  }

  private async requireFree(ctx: RequestContext, input: CreateSignUp): Promise<void> {
    const { instanceId } = ctx;
    const [email, phone, username] = await Promise.all([
      input.email_address
        ? this.db.emailAddress.findFirst({ where: { instanceId, reservedAs: input.email_address } })
        : null,
      input.phone_number
        ? this.db.phoneNumber.findFirst({ where: { instanceId, reservedAs: input.phone_number } })
        : null,
      input.username ? this.db.user.findFirst({ where: { instanceId, username: input.username } }) : null,
    ]);
    if (email) throw identifierExists('email_address');
    if (phone) throw identifierExists('phone_number');
    if (username) throw identifierExists('username');
  }
}

const changes = (sent: string | null | undefined, present: string | null | undefined) =>
  sent !== undefined && sent !== present;

const unknownField = (field: string) =>
  paramError('form_param_unknown', field, 'is unknown', `${field} is not a parameter of this instance's sign-up.`);

const signUpsRestricted = () =>
  new ApiError(403, {
    code: 'sign_up_mode_restricted',
    message: 'Sign ups are restricted',
    long_message: 'Access to this application is limited. Ask its operators for an invitation.',
  });
