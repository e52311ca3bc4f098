import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DeclarationError, localCertificate, writeSecretFile } from '@latchkey/installation';
import type { Env } from '@latchkey/platform';
import { standaloneConfig } from './config.js';

const HOST = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/;

/** `latchkey certify <host>...`: makes an authority for this machine and a certificate of it, and tells how both are used. */
export function certify(env: Env, hosts: readonly string[]): void {
  if (hosts.length === 0) throw new DeclarationError('Usage: latchkey certify clerk.shop.test app.shop.test ...');
  const wrong = hosts.find((host) => !HOST.test(host));
  if (wrong !== undefined) throw new DeclarationError(`${wrong} is not a host name such as clerk.shop.test`);
  const folder = join(resolve(standaloneConfig(env).LATCHKEY_DATA_DIR), 'tls');
  const { authority, certificate, key } = localCertificate(hosts, new Date());
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => join(folder, name);
  writeFileSync(file('authority.pem'), authority);
  writeFileSync(file('certificate.pem'), certificate);
  writeSecretFile(file('key.pem'), key);
  process.stdout.write(
    [
      `# Trust ${file('authority.pem')} in the browsers of this machine; servers in Node take it as`,
      `NODE_EXTRA_CA_CERTS=${file('authority.pem')}`,
      '# Latchkey, at its next start',
      'LATCHKEY_TLS_PORT=443',
      `LATCHKEY_TLS_CERT_FILE=${file('certificate.pem')}`,
      `LATCHKEY_TLS_KEY_FILE=${file('key.pem')}`,
      '',
    ].join('\n'),
  );
}
