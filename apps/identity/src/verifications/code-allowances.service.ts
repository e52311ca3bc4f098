import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, SecretBox } from '@latchkey/core';
import ipaddr from 'ipaddr.js';
import type { Tx } from '../db.js';
import type { Verification } from '../generated/prisma/client.js';
import { codesSpent, codeTooSoon } from './verifications.errors.js';
import { CODE_LIFETIME_MS } from './verifications.service.js';

/** The contract's wait before another code (`compat/behaviours-auth.md` 2, "Resend"). */
const WAIT_MS = 30_000;
/**
 * Ours, for the contract names none. With three guesses a code, `TO_ADDRESS` bounds what can be guessed of an address, and what mail it
 * gets; `BY_CALLER` leaves its owner most of that when somebody else asks for codes to it.
 */
const MOST = { BY_CALLER: 10, TO_ADDRESS: 30 };
const WINDOW_MS = 3_600_000;
/** The part of an IPv6 address that its user cannot choose. */
const IPV6_NETWORK_BITS = 64;

/**
 * How many codes and links an address gets, from each caller and from all: a row for each share and hour, whose conditional UPDATE
 * decides among callers that race.
 */
@Injectable()
export class CodeAllowancesService {
  constructor(
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes one from an address's shares, or from none of them when it throws. Last among a transaction's locks: callers for one address wait for each other from here on.
   *
   * @param previous what the same attempt was sent before, to the same address
   * @throws `verification_code_too_many_requests`, `verification_code_rate_limit_exceeded` (429)
   */
  async take(
    tx: Tx,
    ctx: RequestContext,
    address: string,
    strategy: string,
    previous: Verification | null | undefined,
  ): Promise<void> {
    const { instanceId } = ctx;
    const now = this.clock.now();
    // Whoever goes over to another strategy and back has a code of another kind, and needs one of this at once.
    if (previous?.expireAt && previous.strategy === strategy && previous.status === 'unverified') {
      const wait = previous.expireAt.getTime() - CODE_LIFETIME_MS + WAIT_MS - now.getTime();
      if (wait > 0) throw codeTooSoon(Math.ceil(wait / 1000));
    }
    const whole = this.box.mac(address);
    const callers = this.box.mac(`${callerOf(ctx)} ${address}`);
    const over = new Date(now.getTime() - WINDOW_MS);
    const taken = await tx.$executeRaw`
      INSERT INTO code_allowances AS a (instance_id, address_hash, taken, began_at, created_at, updated_at)
      VALUES (${instanceId}, ${callers}, 1, ${now}, ${now}, ${now}), (${instanceId}, ${whole}, 1, ${now}, ${now}, ${now})
      ON CONFLICT (instance_id, address_hash) DO UPDATE SET
        taken = CASE WHEN a.began_at <= ${over} THEN 1 ELSE a.taken + 1 END,
        began_at = CASE WHEN a.began_at <= ${over} THEN ${now} ELSE a.began_at END,
        updated_at = ${now}
      WHERE a.began_at <= ${over}
        OR a.taken < CASE a.address_hash WHEN ${whole} THEN ${MOST.TO_ADDRESS}::int ELSE ${MOST.BY_CALLER}::int END`;
    if (taken === 2) return;
    const shares = await tx.codeAllowance.findMany({ where: { instanceId, addressHash: { in: [callers, whole] } } });
    const ends = shares
      .filter((share) => share.taken >= (share.addressHash === whole ? MOST.TO_ADDRESS : MOST.BY_CALLER))
      .map(({ beganAt }) => beganAt.getTime() + WINDOW_MS);
    throw codesSpent(Math.max(1, Math.ceil((Math.max(...ends) - now.getTime()) / 1000)));
  }
}

/** Who asks, as far as the network tells: a client is made anew with each request that wants one. All servers of an instance are one. */
function callerOf({ api, ipAddress }: RequestContext): string {
  if (api === 'bapi') return api;
  if (!ipaddr.isValid(ipAddress)) return ipAddress;
  const address = ipaddr.process(ipAddress);
  return address.kind() === 'ipv4'
    ? address.toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${IPV6_NETWORK_BITS}`).toString();
}
