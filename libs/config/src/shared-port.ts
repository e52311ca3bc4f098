import { ConfigError } from './load-config.js';

/**
 * Refuses two listeners on one port: one of them would find it taken by the other.
 *
 * @param ports settings with their values; 0 is any free port
 * @throws ConfigError naming them
 */
export function refuseSharedPort(ports: Record<string, number | undefined>): void {
  const entries = Object.entries(ports).filter(([, port]) => port);
  for (const [name, port] of entries) {
    const other = entries.find(([another, same]) => another !== name && same === port);
    if (other) throw new ConfigError(`${name} and ${other[0]} are both ${port}: each needs a port of its own.`);
  }
}
