import { createHash, X509Certificate } from 'node:crypto';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { localCertificate } from './local-authority.js';

const HOSTS = ['clerk.shop.test', 'app.shop.test', '*.other.test'];

/** What a server with the certificate answers to whoever trusts the authority. */
async function ask({ certificate, key }: ReturnType<typeof localCertificate>, ca: string, host: string) {
  const server = createServer({ cert: certificate, key }, (_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      get({ host: '127.0.0.1', port, servername: host, headers: { host }, ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('localCertificate', () => {
  const made = localCertificate(HOSTS, new Date());

  it('vouches for the hosts, and for no others', async () => {
    expect(await ask(made, made.authority, 'clerk.shop.test')).toBe(200);
    expect(await ask(made, made.authority, 'any.other.test')).toBe(200);
    await expect(ask(made, made.authority, 'shop.test')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('is trusted through its own authority alone', async () => {
    const { authority } = localCertificate(HOSTS, new Date());
    await expect(ask(made, authority, 'clerk.shop.test')).rejects.toThrow(/certificate/);
  });

  it('lasts as long as browsers allow, and names the key to pin', () => {
    const root = new X509Certificate(made.authority);
    const leaf = new X509Certificate(made.certificate);
    expect(root.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBe(397 * 24 * 3600 * 1000);
    const spki = root.publicKey.export({ type: 'spki', format: 'der' });
    expect(made.pin).toBe(createHash('sha256').update(spki).digest('base64'));
  });
});
