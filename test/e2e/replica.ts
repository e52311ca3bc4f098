import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { declare, type AppliedInstance, builtInDeclaration } from '@latchkey/installation';
import { freePort } from '@latchkey/postgres';
import { Service } from '../faults/service.js';
import { running } from './latchkey.js';

/** One more identity and one more gateway in front of it, beside those that run. */
export interface Replica {
  fapiUrl: string;
  bapiUrl: string;
  identityUrl: string;
  stop(): Promise<void>;
}

/** The environment that every process of the distributed installation has. */
function sharedEnv(): Record<string, string> {
  const { mode, dataDir } = running();
  if (mode !== 'distributed') throw new Error('one process has no replicas: set LATCHKEY_E2E_MODE=distributed');
  return parseEnv(readFileSync(join(dataDir, 'replica.env'), 'utf8')) as Record<string, string>;
}

/** Starts a replica as its operator would, with limits as they are documented. */
export async function startReplica(): Promise<Replica> {
  const shared = { ...sharedEnv(), LOG_LEVEL: 'warn' };
  const logs = mkdtempSync(join(tmpdir(), 'latchkey-replica-'));
  const [identity, fapi, bapi, ops] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const url = (port: number | null) => `http://127.0.0.1:${port}`;
  const services = [
    new Service(
      'identity',
      { ...shared, HOST: '127.0.0.1', PORT: String(identity) },
      `${url(identity)}/health/ready`,
      join(logs, 'identity.log'),
    ),
    new Service(
      'gateway',
      {
        ...shared,
        IDENTITY_URL: url(identity),
        GATEWAY_HOST: '127.0.0.1',
        GATEWAY_FAPI_PORT: String(fapi),
        GATEWAY_BAPI_PORT: String(bapi),
        GATEWAY_OPS_PORT: String(ops),
        GATEWAY_RATE_LIMITS: 'on',
      },
      `${url(ops)}/health/ready`,
      join(logs, 'gateway.log'),
    ),
  ];
  const stop = async () => {
    await Promise.all(services.map((service) => service.stop()));
    rmSync(logs, { recursive: true, force: true });
  };
  try {
    for (const service of services) service.start();
    for (const service of services) await service.untilReady();
  } catch (error) {
    await stop();
    throw error;
  }
  return { fapiUrl: url(fapi), bapiUrl: url(bapi), identityUrl: url(identity), stop };
}

/** Declares an instance through one replica's identity, as `latchkey apply` does. */
export async function declareThrough(replica: Replica, instance: object): Promise<AppliedInstance> {
  const source = builtInDeclaration({ applications: [{ name: 'Replicas', instances: [instance] }] });
  const [applied] = await declare(
    async ({ method, path, headers, body }) => {
      const answer = await fetch(replica.identityUrl + path, { method, headers, body });
      return { status: answer.status, body: await answer.text() };
    },
    sharedEnv().CONTEXT_SIGNING_KEY!,
    source,
  );
  return applied!;
}
