import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where the embedded Postgres of a data folder answers.
 *
 * @param {string} dataDir
 */
export function embeddedUrl(dataDir) {
  const { password, port } = JSON.parse(readFileSync(join(dataDir, 'postgres', 'server.json'), 'utf8'));
  return `postgresql://latchkey:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}
