import { freePort } from '@latchkey/postgres';
import { useProgram } from '@latchkey/testing';

const START_MS = 60_000;
const startGateway = useProgram('gateway');
let ops: string;

/** A gateway that is a process of its own; what it needs is away, which costs it nothing that is looked at here. */
async function start(env: Record<string, string>) {
  const port = (await freePort())!;
  ops = `http://127.0.0.1:${port}`;
  return startGateway({
    env: {
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
    ready: /"msg":"ready"/,
  });
}

const readiness = async () => (await fetch(`${ops}/health/ready`)).status;

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
      expect(await ended).toEqual({ code: 0 });
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

    expect(await ended).toEqual({ code: 0 });
  });

  it.each(['GATEWAY_TLS_CERT_FILE', 'GATEWAY_TLS_KEY_FILE', 'GATEWAY_TLS_PORT'])(
    'refuses %s alone, a part of TLS',
    async (name) => {
      const { ended, output } = await start({ [name]: '0' });

      expect(await ended).toEqual({ code: 1 });
      expect(output()).toMatch(/^GATEWAY_TLS_CERT_FILE and GATEWAY_TLS_KEY_FILE belong together/);
    },
  );

  it('refuses half of what proves to Kafka who it is', async () => {
    const { ended, output } = await start({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'latchkey' });

    expect(await ended).toEqual({ code: 1 });
    expect(output()).toMatch(/^KAFKA_SASL_MECHANISM, KAFKA_USERNAME and KAFKA_PASSWORD belong together/);
  });
});
