import { isIP } from 'node:net';
import { AddressGuard } from './address-guard.js';
import { TargetRefused } from './outbound-errors.js';

/** Names that stand for an address on every machine, or on every machine of a cloud: what they are answered with needs no lookup. */
const KNOWN_NAMES: [RegExp, string][] = [
  [/^(.*\.)?localhost$/, '127.0.0.1'],
  [/^(metadata\.google\.internal|metadata\.goog|metadata|instance-data(\.ec2\.internal)?)$/, '169.254.169.254'],
];

/**
 * Tells early whether a target that a user names can be called at all, for the answer to whoever names it. What a name leads to
 * shows only at the call: `GuardedClient` then has the last word.
 */
export class TargetGuard {
  private readonly guard: AddressGuard;

  /** @param allow as for `GuardedClient` */
  constructor(allow: readonly string[] = []) {
    this.guard = new AddressGuard(allow);
  }

  /** @throws TargetRefused when it is no URL, not of HTTP, carries credentials, or names an address that is not public in whatever spelling */
  check(target: string): void {
    const { hostname } = readTarget(target);
    checkLiteral(this.guard, hostname);
    const name = hostname.replace(/\.$/, '');
    const [, address] = KNOWN_NAMES.find(([pattern]) => pattern.test(name)) ?? [];
    if (address && !this.guard.allows(address)) throw refused(name);
  }
}

/** Reads a target as browsers do: `2130706433`, `0x7f.1` and `127.0.0.1` are one host. */
export function readTarget(url: string | URL, base?: URL): URL {
  const parsed = URL.parse(url, base);
  if (!parsed) throw new TargetRefused(String(url), 'it is not a URL');
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    throw new TargetRefused(parsed.href, 'only http and https are called');
  if (parsed.username || parsed.password) throw new TargetRefused(parsed.host, 'its URL carries credentials');
  return parsed;
}

/** A literal address is connected to without a lookup, so it has its own check. */
export function checkLiteral(guard: AddressGuard, hostname: string): void {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  if (isIP(bare) && !guard.allows(bare)) throw refused(bare);
}

/** The one answer about all addresses that are not called: what lies behind them is nobody's business. */
export const refused = (target: string) => new TargetRefused(target, 'it is not a public address');
