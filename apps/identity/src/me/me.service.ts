import { Injectable } from '@nestjs/common';
import type { UserJSON } from '@clerk/shared/types';
import { type JsonObject, METADATA_APART_SINCE, type RequestContext } from '@latchkey/contracts';
import { paramError, refusal } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import type { InstanceSettings } from '../instances/instances.settings.js';
import { StepUpService } from '../reverifications/step-up.service.js';
import { MemberClaimsService } from '../sessions/member-claims.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { requireMutable } from '../users/identifier-rules.js';
import { primaries, UserAccountsService } from '../users/user-accounts.service.js';
import { brokenUsernameRule } from '../users/usernames.js';
import { paramUnknown } from '../users/users.errors.js';
import { lockUser } from '../users/users.queries.js';
import { toOwnUserJSON, type FullUser } from '../users/users.serializer.js';
import { takenIdentifiers, UsersService } from '../users/users.service.js';
import { deleteSelfNotEnabled, passwordUpdateDeprecated } from './me.errors.js';
import type { PatchMe } from './me.schemas.js';

/** What signed-in users do with their own accounts. */
@Injectable()
export class MeService {
  constructor(
    private readonly db: IdentityDb,
    private readonly users: UsersService,
    private readonly accounts: UserAccountsService,
    private readonly instances: InstancesService,
    private readonly clients: ClientsService,
    private readonly sessions: SessionsService,
    private readonly stepUp: StepUpService,
    private readonly members: MemberClaimsService,
  ) {}

  async get(ctx: RequestContext): Promise<FullUser> {
    return this.users.require(ctx, ctx.userId!);
  }

  /**
   * Changes what is given of the signed-in user.
   *
   * @throws `form_param_*`, `form_username_*`, `form_identifier_exists`, `form_verification_needed` (422),
   * `updating_user_password_deprecated`, `immutable_attribute_modification_not_allowed`, `session_reverification_required` (403)
   */
  async update(ctx: RequestContext, input: PatchMe): Promise<FullUser> {
    if (input.password !== undefined) throw passwordUpdateDeprecated();
    if (input.unsafe_metadata !== undefined && ctx.apiVersion >= METADATA_APART_SINCE)
      throw paramUnknown('unsafe_metadata');
    if (isSensitive(input)) await this.stepUp.require(ctx);
    const settings = await this.instances.settings(ctx.instanceId);
    const userId = ctx.userId!;
    const work = async (tx: Tx) => {
      await lockUser(tx, ctx, userId);
      const user = await this.users.requireIn(tx, ctx, userId);
      const columns: Prisma.UserUncheckedUpdateInput = {
        ...username(settings, user, input.username),
        ...name(settings, 'first_name', 'firstName', input.first_name),
        ...name(settings, 'last_name', 'lastName', input.last_name),
        ...primaries(user, input),
        ...(input.unsafe_metadata ? { unsafeMetadata: input.unsafe_metadata } : {}),
      };
      if (columns.primaryEmailAddressId) requireMutable(settings, 'email_address');
      if (columns.primaryPhoneNumberId) requireMutable(settings, 'phone_number');
      return Object.keys(columns).length ? this.users.update(tx, ctx, userId, columns) : user;
    };
    return transaction(this.db, work, { taken: takenIdentifiers });
  }

  /** Merges into the document that users write themselves. @throws `form_param_exceeds_allowed_size` (422) */
  async mergeMetadata(ctx: RequestContext, patch: JsonObject): Promise<FullUser> {
    return this.accounts.mergeMetadata(ctx, ctx.userId!, { unsafe_metadata: patch });
  }

  /** Deletes the signed-in user; the client goes on with another session if it has one. @throws `user_delete_self_not_enabled` (403) */
  async delete(ctx: RequestContext): Promise<FullUser> {
    await this.stepUp.require(ctx);
    const { actions } = await this.instances.settings(ctx.instanceId);
    return transaction(this.db, async (tx) => {
      await this.clients.lockWithUsers(tx, ctx, [ctx.userId!]);
      const client = await this.clients.lock(tx, ctx);
      const user = await this.users.requireIn(tx, ctx, ctx.userId!);
      if (!actions.delete_self || !user.deleteSelfEnabled) throw deleteSelfNotEnabled();
      await this.sessions.end(tx, ctx, { userId: user.id }, 'revoked');
      await this.users.delete(tx, ctx, user);
      if (client) await this.sessions.selectNext(tx, ctx, client);
      return user;
    });
  }

  /** The user as FAPI shows them to themselves. */
  async toJSON(ctx: RequestContext, user: FullUser): Promise<UserJSON> {
    const [view, memberships] = await Promise.all([
      this.users.view(ctx.instanceId),
      this.members.membershipsOf(ctx, user.id),
    ]);
    return toOwnUserJSON(user, view, memberships);
  }
}

/** Names are harmless; what somebody signs in with is not. */
const isSensitive = (input: PatchMe) =>
  input.username !== undefined || Boolean(input.primary_email_address_id) || Boolean(input.primary_phone_number_id);

function name(
  settings: InstanceSettings,
  field: 'first_name' | 'last_name',
  column: 'firstName' | 'lastName',
  value: string | null | undefined,
): Prisma.UserUncheckedUpdateInput {
  if (value === undefined) return {};
  const { enabled, required } = settings.attributes[field];
  if (!enabled) throw paramUnknown(field);
  if (required && !value) throw requiredField(field);
  return { [column]: value };
}

function username(
  settings: InstanceSettings,
  user: FullUser,
  value: string | null | undefined,
): Prisma.UserUncheckedUpdateInput {
  if (value === undefined || value === user.username) return {};
  const { enabled, required } = settings.attributes.username;
  if (!enabled) throw paramUnknown('username');
  requireMutable(settings, 'username');
  if (value) {
    const broken = brokenUsernameRule(settings.username, value);
    if (broken) throw broken;
  } else {
    if (required) throw requiredField('username');
    const hasOther = [...user.emailAddresses, ...user.phoneNumbers].some((row) => row.reservedAs !== null);
    if (!hasOther) throw lastIdentifier();
  }
  return { username: value };
}

const requiredField = (param: string) => paramError('form_param_nil', param, 'is empty', `Enter ${param}.`);

const lastIdentifier = () =>
  refusal(
    400,
    'identification_deletion_failed',
    'deletion failed',
    'You cannot delete the last identification of your account.',
  );
