import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, projectRoot } from '@latchkey/postgres';

const START_MS = 60_000;
const main = join(projectRoot(), 'dist', 'apps', 'gateway', 'main.js');
const running: ChildProcess[] = [];
let ops: string;

/** A gateway that is a process of its own; what it needs is away, which costs it nothing that is looked at here. */
async function start(env: Record<string, string>) {
  const port = (await freePort())!;
  ops = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      KAFKA_BROKERS: '127.0.0.1:9',
      REDIS_URL: 'redis://127.0.0.1:9',
      CONTEXT_SIGNING_KEY: 'c'.repeat(32),
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_FAPI_PORT: '0',
      GATEWAY_BAPI_PORT: '0',
      GATEWAY_OPS_PORT: String(port),
      LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  const isReady = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('"msg":"ready"')) resolve();
      });
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  await Promise.race([isReady, ended]);
  return { child, ended, output: () => output };
}

const readiness = async () => (await fetch(`${ops}/health/ready`)).status;

beforeAll(() => {
  const built = spawnSync(process.execPath, ['tools/build.mjs', 'gateway'], { cwd: projectRoot(), encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stdout + built.stderr);
}, START_MS);

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
});

describe('A gateway as a process of its own', () => {
  it(
    'says at SIGTERM that it wants no more, answers on until others have noticed, and ends',
    async () => {
      const { child, ended, output } = await start({ DRAIN_SECONDS: '2' });
      expect([await readiness(), output()]).toEqual([200, expect.stringContaining('"msg":"ready"')]);
      const asked = performance.now();
      child.kill('SIGTERM');
      while ((await readiness()) !== 503) await new Promise(setImmediate);

      expect((await fetch(`${ops}/health/live`)).status).toBe(200);
      expect(await ended).toEqual([0, null]);
      expect(performance.now() - asked).toBeGreaterThan(1_900);
    },
    START_MS,
  );

  it.each(['SIGINT', 'a second SIGTERM'])('does not wait at %s', async (how) => {
    const { child, ended } = await start({ DRAIN_SECONDS: '300' });
    child.kill(how === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
    if (how !== 'SIGINT') {
      while ((await readiness()) !== 503) await new Promise(setImmediate);
      child.kill('SIGTERM');
    }

    expect(await ended).toEqual([0, null]);
  });

  it.each(['GATEWAY_TLS_CERT_FILE', 'GATEWAY_TLS_KEY_FILE', 'GATEWAY_TLS_PORT'])(
    'refuses %s alone, a part of TLS',
    async (name) => {
      const { ended, output } = await start({ [name]: '0' });

      expect(await ended).toEqual([1, null]);
      expect(output()).toMatch(/^GATEWAY_TLS_CERT_FILE and GATEWAY_TLS_KEY_FILE belong together/);
    },
  );

  it('refuses half of what proves to Kafka who it is', async () => {
    const { ended, output } = await start({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'latchkey' });

    expect(await ended).toEqual([1, null]);
    expect(output()).toMatch(/^KAFKA_SASL_MECHANISM, KAFKA_USERNAME and KAFKA_PASSWORD belong together/);
  });
});
