import { createServer } from 'node:net';

/**
 * A port of the loopback interface that nobody listens on, or null when the wanted one is taken. It may be taken before it is
 * used: whoever starts a server on it must be ready to come back for another.
 */
export function freePort(wanted = 0): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
