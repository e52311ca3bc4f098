import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Global unicast, the only part of IPv6 that is handed out (RFC 4291, 2.4; IANA's registry). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Tells which IP addresses an outgoing call may go to: public ones, and those of `allow`. */
export class AddressGuard {
  private readonly allowed: [Address, number][];

  /**
   * @param allow CIDR ranges (or single addresses) that are allowed although they are not public, such as `127.0.0.0/8`
   * @throws Error when one of them is none
   */
  constructor(allow: readonly string[] = []) {
    this.allowed = allow.map((range) => {
      if (range.includes('/')) return ipaddr.parseCIDR(range);
      const address = ipaddr.parse(range);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    });
  }

  /** Whether a socket may be connected to `text`, an IP address. What is no address is refused. */
  allows(text: string | undefined): boolean {
    // The zone of a link-local address (`fe80::1%eth0`) says nothing about what it is.
    const bare = text?.split('%')[0];
    // Not ipaddr's own test: it takes `1.2.3` and `0x7f.1` for addresses too.
    if (!bare || !isIP(bare)) return false;
    const address = ipaddr.process(bare);
    return this.isListed(address) || isPublic(address);
  }

  private isListed(address: Address): boolean {
    return this.allowed.some(
      ([base, bits]) => base.kind() === address.kind() && address.match([base, bits] as [ipaddr.IPv4, number]),
    );
  }
}

function isPublic(address: Address): boolean {
  // By what is allowed, not by what is forbidden: a range that gets a meaning tomorrow is refused until then.
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  const embedded = embeddedIPv4(address);
  if (embedded) return embedded.range() === 'unicast';
  return address.range() === 'unicast' && address.match(GLOBAL_UNICAST) && !isIsatap(address);
}

/** The IPv4 address that a gateway would deliver to: NAT64 (RFC 6052, its well-known prefix) and 6to4 (RFC 3056). IPv4-mapped ones are IPv4 already. */
function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = address.toByteArray();
  if (address.match(ipaddr.IPv6.parseCIDR('64:ff9b::/96'))) return new ipaddr.IPv4(bytes.slice(12, 16));
  if (address.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  return null;
}

/** ISATAP (RFC 5214) tunnels to the IPv4 address in the last four bytes. */
function isIsatap(address: ipaddr.IPv6): boolean {
  return (address.parts[4]! & ~0x200) === 0 && address.parts[5] === 0x5efe;
}
