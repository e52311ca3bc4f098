import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, paramError, type ApiError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { withoutPassword, withPassword } from '../passwords/password-columns.js';
import { HASHER, PasswordsService } from '../passwords/passwords.service.js';
import { StepUpService } from '../reverifications/step-up.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { identifiersOf } from '../users/user-accounts.service.js';
import { noPasswordSet, paramUnknown } from '../users/users.errors.js';
import type { FullUser } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { currentPasswordIncorrect, newPasswordMatchesCurrent, passwordRequired } from './me.errors.js';
import type { ChangePassword } from './me.schemas.js';

/** What signed-in users do with their own passwords. Hashing is done before a transaction begins. */
@Injectable()
export class MyPasswordsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly users: UsersService,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly passwords: PasswordsService,
    private readonly lockouts: LockoutsService,
    private readonly sessions: SessionsService,
    private readonly messages: MessagesService,
    private readonly stepUp: StepUpService,
    private readonly clock: Clock,
  ) {}

  /**
   * Sets another password, or the first one. Whoever is made to choose a new one need not know the old one; nor need, where
   * the instance has step-up, whoever has just proved themself: the SDK's form does not ask for it then.
   *
   * @throws `form_password_validation_failed`, `form_new_password_matches_current`, `form_password_*`, `form_param_missing` (422)
   */
  async change(ctx: RequestContext, input: ChangePassword): Promise<FullUser> {
    await this.stepUp.require(ctx);
    const settings = await this.instances.settings(ctx.instanceId);
    if (!settings.attributes.password.enabled) throw paramUnknown('new_password');
    const user = await this.users.require(ctx, ctx.userId!);
    if (user.passwordDigest) {
      if (input.current_password != null) await this.requireCurrent(ctx, user, input.current_password);
      else if (!user.passwordCompromised && !settings.sessions.reverification) throw currentPasswordMissing();
      if (await this.isCurrent(user, input)) throw newPasswordMatchesCurrent();
    }
    const digest = await this.passwords.digest(settings, input.new_password, identifiersOf(user), 'new_password');
    const columns = withPassword(digest, HASHER, this.clock.now());
    return this.replace(ctx, user, columns, user.passwordDigest ? 'password_changed' : undefined, async (tx) => {
      if (input.sign_out_of_other_sessions && ctx.sessionId)
        await this.sessions.end(tx, ctx, { userId: user.id, id: { not: ctx.sessionId } }, 'revoked');
    });
  }

  /** @throws `password_required`, `no_password_set` (400), `form_password_validation_failed` (422) */
  async remove(ctx: RequestContext, currentPassword: string): Promise<FullUser> {
    await this.stepUp.require(ctx);
    const { attributes } = await this.instances.settings(ctx.instanceId);
    if (attributes.password.enabled && attributes.password.required) throw passwordRequired();
    const user = await this.users.require(ctx, ctx.userId!);
    if (!user.passwordDigest) throw noPasswordSet();
    await this.requireCurrent(ctx, user, currentPassword);
    return this.replace(ctx, user, withoutPassword, 'password_removed', async () => {});
  }

  /** Nobody finds a password out by trying here: failures count towards the lock of the account. */
  private async requireCurrent(ctx: RequestContext, user: FullUser, password: string): Promise<void> {
    const isRight = await this.passwords.verify(user, password);
    const problem = await transaction(this.db, async (tx): Promise<ApiError | undefined> => {
      const held = await this.lockouts.hold(tx, ctx, user.id);
      const refusal = held && this.lockouts.refusal(held);
      if (!held || refusal) return refusal ?? currentPasswordIncorrect();
      return isRight ? undefined : this.lockouts.countFailure(tx, ctx, held, currentPasswordIncorrect());
    });
    if (problem) throw problem;
  }

  private async isCurrent(
    user: FullUser,
    { current_password: current, new_password: next }: ChangePassword,
  ): Promise<boolean> {
    return current == null ? this.passwords.verify(user, next) : current === next;
  }

  private async replace(
    ctx: RequestContext,
    before: FullUser,
    columns: Prisma.UserUncheckedUpdateInput,
    mail: 'password_changed' | 'password_removed' | undefined,
    besides: (tx: Tx) => Promise<void>,
  ): Promise<FullUser> {
    return transaction(this.db, async (tx) => {
      await this.clients.lockWithUsers(tx, ctx, [before.id]);
      const held = await this.lockouts.hold(tx, ctx, before.id);
      // Of two changes that both knew the old password, one wins. (An upgrade of its digest in between is no change.)
      const isSame = held?.passwordUpdatedAt?.getTime() === before.passwordUpdatedAt?.getTime();
      if (!held || !isSame) throw currentPasswordIncorrect();
      const user = await this.sessions.changeUser(tx, ctx, before.id, columns);
      await besides(tx);
      const address = user.emailAddresses.find((row) => row.id === user.primaryEmailAddressId && row.verifiedAt);
      if (mail && address)
        await this.messages.sendEmail(
          tx,
          ctx,
          address.emailAddress,
          mail,
          {},
          { userId: user.id, identifierId: address.id },
        );
      return user;
    });
  }
}

const currentPasswordMissing = () =>
  paramError('form_param_missing', 'current_password', 'is missing', 'Enter your current password.');
