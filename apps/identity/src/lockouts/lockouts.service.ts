import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError, Clock } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { User } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { holdUser } from '../users/users.queries.js';
import { isLocked } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { lockoutWarning, userLocked } from './lockouts.errors.js';

const MINUTE_MS = 60_000;
/** From how many attempts left on a failure comes with a warning. */
const WARN_AT = 2;

/**
 * Keeps guessers out: failures of any factor add up, and lock the account (`attack_protection.user_lockout`).
 * Judge and count in one transaction that holds the user's row: of guesses that race, no more than the limit learn anything.
 */
@Injectable()
export class LockoutsService {
  constructor(
    private readonly instances: InstancesService,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  /** The user, held until the transaction ends. */
  hold(tx: Tx, ctx: RequestContext, userId: string): Promise<User | null> {
    return holdUser(tx, ctx, userId);
  }

  /** Holds the user. @throws `user_locked` (403) */
  async requireUnlocked(tx: Tx, ctx: RequestContext, userId: string): Promise<void> {
    const held = await this.hold(tx, ctx, userId);
    const locked = held && this.refusal(held);
    if (locked) throw locked;
  }

  /** What a locked user is told; undefined for one who is not locked. */
  refusal(user: User): ApiError | undefined {
    const now = this.clock.now();
    if (!isLocked(user, now)) return undefined;
    const seconds = user.lockedUntil ? Math.ceil((user.lockedUntil.getTime() - now.getTime()) / 1000) : null;
    return userLocked(seconds !== null && seconds > 0 ? seconds : null);
  }

  /**
   * Counts a failure of a held user; the last one that is allowed locks the account.
   *
   * @returns `problem`, with a warning when few attempts are left. Return it, do not throw it: the count must be committed
   */
  async countFailure(tx: Tx, ctx: RequestContext, user: User, problem: ApiError): Promise<ApiError> {
    const { user_lockout: rule } = (await this.instances.settings(ctx.instanceId)).attack_protection;
    if (!rule.enabled) return problem;
    const now = this.clock.now();
    // A lock that is over starts the count anew.
    const failedAttempts = (user.lockedUntil ? 0 : user.failedAttempts) + 1;
    const left = Math.max(rule.max_attempts - failedAttempts, 0);
    const where = { id: user.id, instanceId: ctx.instanceId };
    if (left > 0) {
      // A wrong password does not change the user: what others see of them stays as it was.
      await tx.user.updateMany({ where, data: { failedAttempts, lockedUntil: null, updatedAt: user.updatedAt } });
    } else {
      const end = rule.duration_in_minutes
        ? { lockedUntil: new Date(now.getTime() + rule.duration_in_minutes * MINUTE_MS) }
        : { isLocked: true };
      await this.users.update(tx, ctx, user.id, { failedAttempts, ...end });
    }
    return left <= WARN_AT ? new ApiError(problem.status, [...problem.items, lockoutWarning(left)]) : problem;
  }
}
