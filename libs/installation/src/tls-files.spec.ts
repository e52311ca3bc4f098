import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localCertificate } from './local-authority.js';
import { readTlsFiles } from './tls-files.js';

describe('readTlsFiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const { certificate, key } = localCertificate(['clerk.shop.test'], new Date());
  const otherKey = localCertificate(['clerk.shop.test'], new Date()).key;
  const { privateKey: locked } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  });
  const cert: [string, string] = ['CERT_FILE', file('cert.pem', certificate)];
  const read = (certFile: string, keyFile: string) => () =>
    readTlsFiles(['CERT_FILE', certFile], ['KEY_FILE', keyFile]);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives both where they belong together', () => {
    expect(readTlsFiles(cert, ['KEY_FILE', file('key.pem', key)])).toEqual({ cert: certificate, key });
  });

  it('names the setting of a file that is not there or is none', () => {
    expect(read(join(folder, 'none.pem'), cert[1])).toThrow(/^CERT_FILE cannot be read: .*none\.pem/);
    expect(read(cert[1], folder)).toThrow(/^KEY_FILE cannot be read: /);
  });

  it('refuses files that hold something else', () => {
    expect(read(file('key.pem', key), cert[1])).toThrow(/^CERT_FILE: .*key\.pem does not hold a certificate/);
    expect(read(cert[1], cert[1])).toThrow(/^KEY_FILE: .*cert\.pem does not hold a private key/);
    expect(read(cert[1], file('locked.pem', locked))).toThrow(/without a passphrase/);
  });

  it("refuses a key that is another certificate's", () => {
    expect(read(cert[1], file('other.pem', otherKey))).toThrow(
      /other\.pem \(KEY_FILE\) is not that of the certificate in .*cert\.pem/,
    );
  });
});
