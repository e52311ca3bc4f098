import { Injectable } from '@nestjs/common';
import type { BackupCodeJSON, TOTPJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { identifierOf } from '../client-snapshots/client-snapshots.serializer.js';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { StepUpService } from '../reverifications/step-up.service.js';
import { withoutTotp } from '../second-factors/factor-columns.js';
import { requireOtherFactor } from '../second-factors/factor-rules.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import { newTotpSecret, totpUri } from '../second-factors/totp.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { hasSecondFactor, type FullUser } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { codeIncorrect } from '../verifications/verifications.errors.js';
import { backupCodesNotAvailable, featureNotEnabled, totpAlreadyEnabled } from './me.errors.js';

type Columns = Prisma.UserUncheckedUpdateInput;

/** The authenticator app and the backup codes of the signed-in user. */
@Injectable()
export class MySecondFactorsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly users: UsersService,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly secondFactors: SecondFactorsService,
    private readonly sessions: SessionsService,
    private readonly lockouts: LockoutsService,
    private readonly stepUp: StepUpService,
    private readonly clock: Clock,
  ) {}

  /**
   * A new secret for an authenticator app, in place of one that was never proved. Shown this once.
   *
   * @throws `feature_not_enabled` (403), `totp_already_enabled` (400)
   */
  async createTotp(ctx: RequestContext): Promise<TOTPJSON> {
    await this.stepUp.require(ctx);
    const { attributes, display } = await this.instances.settings(ctx.instanceId);
    if (!attributes.authenticator_app.enabled) throw featureNotEnabled('Authenticator apps');
    const secret = newTotpSecret();
    const user = await this.change(ctx, async (tx, before) => {
      if (before.totpVerifiedAt) throw totpAlreadyEnabled();
      const columns = {
        totpSecret: this.secondFactors.seal(secret),
        totpCreatedAt: this.clock.now(),
        totpLastStep: null,
      };
      // Nobody sees a difference before the app is proved, so nobody is told.
      await tx.user.updateMany({ where: { id: before.id, instanceId: ctx.instanceId }, data: columns });
      return undefined;
    });
    const uri = totpUri(secret, display.application_name, identifierOf(user));
    return totpJSON({ ...user, totpCreatedAt: this.clock.now(), totpVerifiedAt: null }, { secret, uri });
  }

  /**
   * Proves the app by a code; the first second factor comes with backup codes where there are such.
   *
   * @throws `form_code_incorrect` (422), `totp_already_enabled` (400), `resource_not_found` (404), `user_locked` (403)
   */
  async verifyTotp(ctx: RequestContext, code: string): Promise<TOTPJSON> {
    const { attributes } = await this.instances.settings(ctx.instanceId);
    const outcome = await transaction(this.db, async (tx) => {
      await this.clients.lockWithUsers(tx, ctx, [ctx.userId!]);
      const held = await this.lockouts.hold(tx, ctx, ctx.userId!);
      if (!held?.totpSecret) throw notFound('TOTP', ctx.userId!);
      if (held.totpVerifiedAt) throw totpAlreadyEnabled();
      const refusal = this.lockouts.refusal(held);
      if (refusal) return refusal;
      const step = this.secondFactors.totpStep(held, code);
      // The count must be committed, so the problem is returned and thrown afterwards.
      if (step === undefined) return this.lockouts.countFailure(tx, ctx, held, codeIncorrect());
      const now = this.clock.now();
      const before = await this.users.requireIn(tx, ctx, held.id);
      const made =
        attributes.backup_code.enabled && held.backupCodeHashes.length === 0
          ? this.secondFactors.newBackupCodes()
          : undefined;
      const user = await this.sessions.changeUser(tx, ctx, held.id, {
        totpVerifiedAt: now,
        totpLastStep: step,
        ...(made ? { backupCodeHashes: made.hashes, backupCodesAt: now } : {}),
        ...(hasSecondFactor(before) ? {} : { mfaEnabledAt: now }),
      });
      return { user, codes: made?.codes };
    });
    if (outcome instanceof Error) throw outcome;
    return totpJSON(outcome.user, { backupCodes: outcome.codes });
  }

  /** Takes the app away. @throws `resource_not_found` (404) without one, `second_factor_deletion_not_allowed` (400) */
  async deleteTotp(ctx: RequestContext): Promise<string> {
    await this.stepUp.require(ctx);
    const settings = await this.instances.settings(ctx.instanceId);
    const user = await this.change(ctx, async (_tx, before) => {
      if (!before.totpSecret) throw notFound('TOTP', before.id);
      requireOtherFactor(settings, before, { isTotp: true });
      return withoutTotp(before, this.clock.now());
    });
    return totpId(user);
  }

  /** New backup codes; those before are void. @throws `feature_not_enabled` (403), `backup_codes_not_available` (400) */
  async createBackupCodes(ctx: RequestContext): Promise<BackupCodeJSON> {
    await this.stepUp.require(ctx);
    const { attributes } = await this.instances.settings(ctx.instanceId);
    if (!attributes.backup_code.enabled) throw featureNotEnabled('Backup codes');
    const { codes, hashes } = this.secondFactors.newBackupCodes();
    const now = this.clock.now();
    const user = await this.change(ctx, async (_tx, before) => {
      if (!hasSecondFactor(before)) throw backupCodesNotAvailable();
      return { backupCodeHashes: hashes, backupCodesAt: now };
    });
    const at = now.getTime();
    const id = user.id.replace(/^user_/, 'backup_code_');
    return { object: 'backup_code', id, codes, created_at: at, updated_at: at };
  }

  private async change(
    ctx: RequestContext,
    work: (tx: Tx, user: FullUser) => Promise<Columns | undefined>,
  ): Promise<FullUser> {
    return transaction(this.db, async (tx) => {
      await this.clients.lockWithUsers(tx, ctx, [ctx.userId!]);
      const before = await this.users.requireIn(tx, ctx, ctx.userId!);
      const columns = await work(tx, before);
      return columns ? this.sessions.changeUser(tx, ctx, before.id, columns) : before;
    });
  }
}

/** A user has one app at most, so its id is made of theirs. */
const totpId = (user: { id: string }) => user.id.replace(/^user_/, 'totp_');

function totpJSON(
  user: Pick<FullUser, 'id' | 'totpCreatedAt' | 'totpVerifiedAt'>,
  shown: { secret?: string; uri?: string; backupCodes?: string[] },
): TOTPJSON {
  const created = user.totpCreatedAt?.getTime() ?? 0;
  return {
    object: 'totp',
    id: totpId(user),
    secret: shown.secret ?? null,
    uri: shown.uri ?? null,
    verified: user.totpVerifiedAt !== null,
    ...(shown.backupCodes ? { backup_codes: shown.backupCodes } : {}),
    created_at: created,
    updated_at: user.totpVerifiedAt?.getTime() ?? created,
  } as unknown as TOTPJSON;
}
