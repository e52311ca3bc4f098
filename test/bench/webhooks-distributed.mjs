/**
 * Webhooks through the outbox, Kafka, the inbox and BullMQ, each service a process of its own. As a program it prints its rows:
 * `node test/bench/webhooks-distributed.mjs`. BENCH_BACKLOG sets how many events wait in the last part.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Svix } from 'svix';
import '../../tools/lib/typescript.mjs';
import { barePosts } from './limits.mjs';
import { percentile } from './load.mjs';
import { Subscriber } from './webhooks.mjs';

const BACKLOG = Number(process.env.BENCH_BACKLOG ?? 100_000);
const FAN_OUT = { endpoints: 10, events: 4_000 };
const AT_REST = 200;
const LOAD = { callers: 8, pauseMs: 20, ms: 8_000 };

/** @typedef {{ name: string, value: number, unit: string, limit?: number }} Row */

/** @returns {Promise<Row[]>} */
export async function webhooksDistributed() {
  const { Installation } = await import('../faults/installation.ts');
  const installation = await Installation.start();
  const subscriber = await Subscriber.start();
  try {
    return await measure(installation, subscriber);
  } finally {
    subscriber.stop();
    await installation.stop();
  }
}

/**
 * @param {import('../faults/installation.js').Installation} installation
 * @param {Subscriber} subscriber
 * @returns {Promise<Row[]>}
 */
async function measure(installation, subscriber) {
  const { app } = installation;
  const instanceId = /** @type {string} */ (app.LATCHKEY_INSTANCE_ID);
  const svix = new Svix(/** @type {string} */ (app.CLERK_SECRET_KEY), { serverUrl: app.LATCHKEY_WEBHOOKS_URL });
  /** @param {string} method @param {string} path @param {object} body */
  const bapi = async (method, path, body) => {
    const answer = await fetch(app.CLERK_API_URL + path, {
      method,
      headers: { authorization: `Bearer ${app.CLERK_SECRET_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return /** @type {any} */ (await answer.json());
  };
  const newUser = () =>
    bapi('POST', '/v1/users', {
      email_address: [`${crypto.randomUUID()}@example.com`],
      skip_password_requirement: true,
    });

  const created = await svix.endpoint.create(instanceId, { url: subscriber.url, filterTypes: ['user.created'] });
  for (let i = 0; i < 5; i++) await newUser();
  const atRest = [];
  for (let i = 0; i < AT_REST; i++) {
    const { id } = await newUser();
    atRest.push({ id, at: Date.now() });
    await subscriber.sees(id);
    await delay(20);
  }
  /** @type {{ id: string, at: number }[]} */
  const underLoad = [];
  const until = performance.now() + LOAD.ms;
  const began = performance.now();
  const call = async () => {
    while (performance.now() < until) {
      const { id } = await newUser();
      underLoad.push({ id, at: Date.now() });
      await delay(LOAD.pauseMs);
    }
  };
  await Promise.all(Array.from({ length: LOAD.callers }, call));
  const changes = underLoad.length / ((performance.now() - began) / 1000);
  for (const { id } of underLoad) await subscriber.sees(id);
  /** @param {{ id: string, at: number }[]} changed @param {number} share */
  const wait = (changed, share) =>
    percentile(
      changed.map(({ id, at }) => Math.max(0, /** @type {number} */ (subscriber.seen.get(id)) - at)),
      share,
    );
  await svix.endpoint.delete(instanceId, created.id);

  for (let i = 0; i < FAN_OUT.endpoints; i++)
    await svix.endpoint.create(instanceId, { url: `${subscriber.url}?${i}`, filterTypes: ['user.updated'] });
  const fanOut = await drain(installation, subscriber, {
    instanceId,
    type: 'user.updated',
    events: FAN_OUT.events,
    each: FAN_OUT.endpoints,
  });
  const limit = await barePosts(subscriber.url);

  await svix.endpoint.create(instanceId, { url: subscriber.url, filterTypes: ['user.deleted'] });
  const webhooks = installation.service('webhooks');
  await webhooks.stop();
  await insert(installation, { instanceId, type: 'user.deleted', events: BACKLOG });
  const before = subscriber.count;
  const start = performance.now();
  await webhooks.restart();
  await subscriber.reaches(before + BACKLOG, 600_000);
  const seconds = (performance.now() - start) / 1000;
  return [
    { name: 'distributed: commit to delivered webhook, p50', value: wait(atRest, 0.5), unit: 'ms', limit: 250 },
    { name: 'distributed: commit to delivered webhook, p99', value: wait(atRest, 0.99), unit: 'ms', limit: 250 },
    { name: 'distributed: changes during the next two', value: changes, unit: '/s' },
    { name: 'distributed: commit to delivered under load, p50', value: wait(underLoad, 0.5), unit: 'ms', limit: 250 },
    { name: 'distributed: commit to delivered under load, p99', value: wait(underLoad, 0.99), unit: 'ms', limit: 250 },
    { name: `distributed: deliveries to ${FAN_OUT.endpoints} endpoints`, value: fanOut, unit: '/s', limit },
    { name: `distributed: backlog of ${BACKLOG} events`, value: BACKLOG / seconds, unit: '/s', limit },
    { name: 'distributed: memory of webhooks meanwhile, peak', value: peakMb(webhooks.pid), unit: 'MB' },
    {
      name: 'distributed: memory of identity meanwhile, peak',
      value: peakMb(installation.service('identity').pid),
      unit: 'MB',
    },
  ];
}

/**
 * Deliveries per second of events that lie in the outbox all at once.
 *
 * @param {import('../faults/installation.js').Installation} installation
 * @param {Subscriber} subscriber
 * @param {{ instanceId: string, type: string, events: number, each: number }} what
 */
async function drain(installation, subscriber, { each, ...what }) {
  const before = subscriber.count;
  const began = performance.now();
  await insert(installation, what);
  await subscriber.reaches(before + what.events * each, 300_000);
  return (what.events * each) / ((performance.now() - began) / 1000);
}

/**
 * Events of as many users, as identity writes them.
 *
 * @param {import('../faults/installation.js').Installation} installation
 * @param {{ instanceId: string, type: string, events: number }} what
 */
async function insert(installation, { instanceId, type, events }) {
  await installation.query(
    'identity',
    `INSERT INTO outbox (key, type, envelope, created_at)
     SELECT 'user_' || n, $2::text, json_build_object('specversion', '1.0', 'id', 'evt_bench_' || $2::text || n, 'source', '/identity', 'type', $2::text,
       'subject', 'user_' || n, 'time', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       'datacontenttype', 'application/json', 'instanceid', $1::text, 'clientip', '', 'useragent', '',
       'data', json_build_object('id', 'user_' || n, 'object', 'user', 'about', repeat('x', 1000)))::text, now()
     FROM generate_series(1, $3::int) AS n`,
    [instanceId, type, events],
  );
}

/** @param {number} pid the most memory that a process has had, in MB */
const peakMb = (pid) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { build } = await import('../../tools/build.mjs');
  await build();
  console.table(await webhooksDistributed());
}
