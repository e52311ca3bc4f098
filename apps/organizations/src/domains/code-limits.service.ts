import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { Sweepers } from '@latchkey/jobs';
import { OrganizationsDb, type Tx } from '../db.js';
import { codesSpent, codeTooSoon } from './domains.errors.js';

/** The contract's wait before another code (`compat/behaviours-auth.md` 2, "Resend"). */
const WAIT_MS = 30_000;
/** Ours, for the contract names none: each code may be guessed three times. */
const MOST = 5;
const WINDOW_MS = 3_600_000;
const SWEEP_MS = 3_600_000;

/**
 * How many codes a user may have mailed to prove a domain. Counted by user and name: a domain that is deleted and added again, or
 * added to another organization, gives no new guesses, and no stranger uses up what somebody else may ask for.
 */
@Injectable()
export class CodeLimitsService implements OnModuleInit {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sweepers.every('organizations.domain-code-limits', SWEEP_MS, () => this.forget());
  }

  /** Notes a code. @throws `verification_code_too_many_requests`, `verification_code_rate_limit_exceeded` (429) */
  async take(tx: Tx, scope: { instanceId: string; userId: string; name: string }): Promise<void> {
    const { instanceId, userId, name } = scope;
    const now = this.clock.now();
    const before = (ms: number) => new Date(now.getTime() - ms);
    // One conditional statement: of callers that race, one gets a code.
    const taken = await tx.$executeRaw`
      INSERT INTO domain_code_limits AS l (instance_id, user_id, name, codes, since, last_at, created_at, updated_at)
      VALUES (${instanceId}, ${userId}, ${name}, 1, ${now}, ${now}, ${now}, ${now})
      ON CONFLICT (user_id, name) DO UPDATE SET
        codes = CASE WHEN l.since <= ${before(WINDOW_MS)} THEN 1 ELSE l.codes + 1 END,
        since = CASE WHEN l.since <= ${before(WINDOW_MS)} THEN ${now} ELSE l.since END,
        last_at = ${now}, updated_at = ${now}
      WHERE l.instance_id = ${instanceId} AND l.last_at <= ${before(WAIT_MS)}
        AND (l.since <= ${before(WINDOW_MS)} OR l.codes < ${MOST})`;
    if (taken === 1) return;
    const { lastAt, since } = await tx.domainCodeLimit.findFirstOrThrow({ where: scope });
    const secondsTo = (at: Date, ms: number) => Math.max(1, Math.ceil((at.getTime() + ms - now.getTime()) / 1000));
    throw lastAt > before(WAIT_MS) ? codeTooSoon(secondsTo(lastAt, WAIT_MS)) : codesSpent(secondsTo(since, WINDOW_MS));
  }

  private async forget(): Promise<void> {
    await this.db.$executeRaw`
      DELETE FROM domain_code_limits WHERE last_at <= ${new Date(this.clock.now().getTime() - WINDOW_MS)}`;
  }
}
