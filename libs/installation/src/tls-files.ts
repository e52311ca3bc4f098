import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from '@latchkey/config';

/** A setting's name, and the file that it names. */
type FileSetting = [name: string, file: string];

/**
 * The certificate and key that two settings name, as PEM.
 *
 * @throws ConfigError when one of them cannot be read, or they do not belong together
 */
export function readTlsFiles(certSetting: FileSetting, keySetting: FileSetting): { cert: string; key: string } {
  const cert = read(certSetting);
  const key = read(keySetting);
  const certificate = parse(certSetting, 'a certificate', () => new X509Certificate(cert));
  const privateKey = parse(keySetting, 'a private key without a passphrase', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey))
    throw new ConfigError(
      `The key in ${keySetting[1]} (${keySetting[0]}) is not that of the certificate in ${certSetting[1]}.`,
    );
  return { cert, key };
}

function read([name, file]: FileSetting): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${name} cannot be read: ${(error as Error).message}`);
  }
}

function parse<T>([name, file]: FileSetting, what: string, make: () => T): T {
  try {
    return make();
  } catch {
    throw new ConfigError(`${name}: ${file} does not hold ${what} in PEM.`);
  }
}
