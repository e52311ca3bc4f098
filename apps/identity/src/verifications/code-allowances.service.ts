import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, SecretBox } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { Verification } from '../generated/prisma/client.js';
import { codesSpent, codeTooSoon } from './verifications.errors.js';
import { CODE_LIFETIME_MS } from './verifications.service.js';

/** The contract's wait before another code (`compat/behaviours-auth.md` 2, "Resend"). */
const WAIT_MS = 30_000;
/** Ours, for the contract names none: with three guesses a code it bounds what can be guessed of an address, and what mail it gets. */
const MOST = 10;
const WINDOW_MS = 3_600_000;

/** How many codes and links an address gets: one row per address and hour, whose conditional UPDATE decides among callers that race. */
@Injectable()
export class CodeAllowancesService {
  constructor(
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes one from an address's share. Last among a transaction's locks: callers for one address wait for each other from here on.
   *
   * @param previous what the same attempt was sent before, to the same address
   * @throws `verification_code_too_many_requests`, `verification_code_rate_limit_exceeded` (429)
   */
  async take(
    tx: Tx,
    { instanceId }: RequestContext,
    address: string,
    strategy: string,
    previous: Verification | null | undefined,
  ): Promise<void> {
    const now = this.clock.now();
    // Whoever goes over to another strategy and back has a code of another kind, and needs one of this at once.
    if (previous?.expireAt && previous.strategy === strategy && previous.status === 'unverified') {
      const wait = previous.expireAt.getTime() - CODE_LIFETIME_MS + WAIT_MS - now.getTime();
      if (wait > 0) throw codeTooSoon(Math.ceil(wait / 1000));
    }
    const hash = this.box.mac(address);
    const over = new Date(now.getTime() - WINDOW_MS);
    const taken = await tx.$executeRaw`
      INSERT INTO code_allowances AS a (instance_id, address_hash, taken, began_at, created_at, updated_at)
      VALUES (${instanceId}, ${hash}, 1, ${now}, ${now}, ${now})
      ON CONFLICT (instance_id, address_hash) DO UPDATE SET
        taken = CASE WHEN a.began_at <= ${over} THEN 1 ELSE a.taken + 1 END,
        began_at = CASE WHEN a.began_at <= ${over} THEN ${now} ELSE a.began_at END,
        updated_at = ${now}
      WHERE a.began_at <= ${over} OR a.taken < ${MOST}`;
    if (taken === 1) return;
    const where = { instanceId_addressHash: { instanceId, addressHash: hash } };
    const { beganAt } = await tx.codeAllowance.findUniqueOrThrow({ where });
    throw codesSpent(Math.max(1, Math.ceil((beganAt.getTime() + WINDOW_MS - now.getTime()) / 1000)));
  }
}
