import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import { running } from './latchkey.js';

/**
 * What stands in front of an app in production: ends TLS for the hosts below `.test`, and forwards to the app on `port`, which
 * learns by the usual headers where the browser was.
 */
export async function startTerminator(port: number): Promise<Server> {
  const { certFile, keyFile } = running().tls;
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': headers.host!, 'x-forwarded-port': '443' };
    const onwards = request({ host: 'localhost', port, method, path, headers: { ...headers, ...forwarded } });
    onwards.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onwards.on('error', () => outgoing.destroy());
    incoming.pipe(onwards);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return server;
}

/**
 * What Chromium is told so that it finds these hosts, each at a port of this machine, and FAPI at every other below `.test`:
 * there is no DNS, and nothing that the system trusts beforehand.
 */
export function chromiumFlags(hosts: Record<string, number>): string[] {
  const { port, pin } = running().tls;
  const apps = Object.entries(hosts).map(([host, at]) => `MAP ${host}:443 127.0.0.1:${at}`);
  const rules = [...apps, `MAP *.test:443 127.0.0.1:${port}`].join(', ');
  return [`--host-resolver-rules=${rules}`, `--ignore-certificate-errors-spki-list=${pin}`];
}
