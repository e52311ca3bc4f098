import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, paramError, refusal } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { withoutPassword } from '../passwords/password-columns.js';
import { noFactors, withoutBackupCodes, withoutTotp } from '../second-factors/factor-columns.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { noPasswordSet } from './users.errors.js';
import type { FullUser } from './users.serializer.js';
import { UsersService } from './users.service.js';

/** Passwords and second factors of users, as an administrator checks and resets them. */
@Injectable()
export class UserCredentialsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly users: UsersService,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly passwords: PasswordsService,
    private readonly secondFactors: SecondFactorsService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** @throws `no_password_set` (400), `incorrect_password` (422) */
  async verifyPassword(ctx: RequestContext, id: string, password: string): Promise<void> {
    const user = await this.users.require(ctx, id);
    if (!user.passwordDigest) throw noPasswordSet();
    if (!(await this.passwords.verify(user, password))) throw incorrectPassword();
  }

  /**
   * Which of the user's second factors a code belongs to. It is used up by this.
   *
   * @throws `totp_disabled` (400), `totp_invalid_length`, `totp_incorrect_code` (422)
   */
  async verifyTotp(ctx: RequestContext, id: string, code: string): Promise<'totp' | 'backup_code'> {
    const user = await this.users.require(ctx, id);
    if (!user.totpVerifiedAt && user.backupCodeHashes.length === 0) throw totpDisabled();
    if (await this.secondFactors.useTotp(user, code)) return 'totp';
    if (await this.useBackupCode(ctx, user, code)) return 'backup_code';
    throw /^\d{6}$/.test(code) ? totpIncorrectCode() : totpInvalidLength();
  }

  /** Takes a user's password away; nothing happens to one who has none. */
  async removePassword(ctx: RequestContext, id: string, signOut: boolean): Promise<FullUser> {
    return this.change(ctx, id, async (tx, user) => {
      if (!user.passwordDigest) return undefined;
      if (signOut) await this.sessions.end(tx, ctx, { userId: id }, 'revoked');
      return withoutPassword;
    });
  }

  /** Makes the user set another password at the next sign-in. @throws `password_disabled` (403), `no_password_set` (400) */
  async setPasswordCompromised(ctx: RequestContext, id: string, revokeSessions: boolean): Promise<FullUser> {
    const { attributes } = await this.instances.settings(ctx.instanceId);
    if (!attributes.password.enabled) throw passwordDisabled();
    return this.change(ctx, id, async (tx, user) => {
      if (!user.passwordDigest) throw noPasswordSet();
      if (revokeSessions) await this.sessions.end(tx, ctx, { userId: id }, 'revoked');
      return user.passwordCompromised ? undefined : { passwordCompromised: true };
    });
  }

  /** Takes back `setPasswordCompromised`. */
  async unsetPasswordCompromised(ctx: RequestContext, id: string): Promise<FullUser> {
    return this.change(ctx, id, async (_tx, user) =>
      user.passwordCompromised ? { passwordCompromised: false } : undefined,
    );
  }

  /** Takes all second factors away. */
  async disableMfa(ctx: RequestContext, id: string): Promise<FullUser> {
    return this.change(ctx, id, async (tx, user) => {
      const { count } = await tx.phoneNumber.updateMany({
        where: { instanceId: ctx.instanceId, userId: id, reservedForSecondFactor: true },
        data: { reservedForSecondFactor: false, defaultSecondFactor: false },
      });
      const hadSome = count > 0 || user.totpSecret !== null || user.backupCodeHashes.length > 0;
      return hadSome ? noFactors(this.clock.now()) : undefined;
    });
  }

  /** Takes the authenticator app away. */
  async deleteTotp(ctx: RequestContext, id: string): Promise<FullUser> {
    return this.change(ctx, id, async (_tx, user) =>
      user.totpSecret ? withoutTotp(user, this.clock.now()) : undefined,
    );
  }

  /** Voids the backup codes. */
  async deleteBackupCodes(ctx: RequestContext, id: string): Promise<FullUser> {
    return this.change(ctx, id, async (_tx, user) => (user.backupCodeHashes.length ? withoutBackupCodes : undefined));
  }

  private async useBackupCode(ctx: RequestContext, user: FullUser, code: string): Promise<boolean> {
    if (user.backupCodeHashes.length === 0) return false;
    if (!(await this.secondFactors.useBackupCode(user, code))) return false;
    // The last code takes the flag with it, which subscribers see.
    if (user.backupCodeHashes.length === 1) await transaction(this.db, (tx) => this.users.touched(tx, ctx, user.id));
    return true;
  }

  /**
   * Changes the columns that `work` gives for a user who stays as read meanwhile; undefined changes and tells nothing. Sessions
   * that the change gives a task, or takes one from, follow at once.
   */
  private async change(
    ctx: RequestContext,
    id: string,
    work: (tx: Tx, user: FullUser) => Promise<Prisma.UserUncheckedUpdateInput | undefined>,
  ): Promise<FullUser> {
    return transaction(this.db, async (tx) => {
      await this.clients.lockWithUsers(tx, ctx, [id]);
      const user = await this.users.requireIn(tx, ctx, id);
      const columns = await work(tx, user);
      if (!columns) return user;
      return this.sessions.changeUser(tx, ctx, id, columns);
    });
  }
}

const incorrectPassword = () =>
  paramError('incorrect_password', 'password', 'is incorrect', 'The password is incorrect.');

const totpDisabled = () =>
  refusal(400, 'totp_disabled', 'TOTP disabled', 'This user has no authenticator app and no backup codes.');

const totpIncorrectCode = () => paramError('totp_incorrect_code', 'code', 'is incorrect', 'The code is incorrect.');

const totpInvalidLength = () =>
  paramError('totp_invalid_length', 'code', 'is invalid', 'The code must have six digits.');

const passwordDisabled = () =>
  refusal(403, 'password_disabled', 'passwords are disabled', 'Passwords are turned off for this instance.');
