import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { external, type Backing, type BackingOptions } from './backing.js';
import { startServerProcess } from './server-process.js';

/** A Redis of our own, empty unless `dataDir` has one's data; or the one that REDIS_URL names. */
export async function startRedis(options: BackingOptions = {}): Promise<Backing> {
  const given = process.env.REDIS_URL;
  if (given) return external('REDIS_URL', given, Number(new URL(given).port || 6379));
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    throw new Error(
      'redis-server is not installed (apt-get install redis-server, brew install redis); or name one in REDIS_URL',
    );
  }
  const keep = options.dataDir ? ['--appendonly', 'yes'] : ['--appendonly', 'no'];
  return startServerProcess({
    ...options,
    name: 'redis',
    command: ([port], folder) => {
      const listen = ['--bind', '127.0.0.1', '--port', String(port), '--protected-mode', 'yes'];
      return ['redis-server', ...listen, '--dir', folder, '--save', '', ...keep];
    },
    isReady: answers,
    url: (port) => `redis://127.0.0.1:${port}`,
    portTaken: /Address already in use/,
    startWithinMs: 10_000,
  });
}

/** Whether this very process takes commands: on a port that two chose at once, the other one might answer. */
function answers({ port, pid }: { port: number; pid: number }): Promise<boolean> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('INFO server\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString();
      // While it loads its data it answers with an error.
      if (text.startsWith('-') || text.includes('executable:')) socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(text.includes(`process_id:${pid}\r`)));
  });
}
