/**
 * `npm run bench`: what the hot paths cost, as ratios to what the machine could do at the most, in one run.
 * Writes docs/generated/bench.{json,md}. BENCH_SECONDS sets how long each load lasts. `npm run bench -- refresh sign-in` measures
 * those alone (`parts` below has the names), and writes nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchMarkdown } from '../../tools/results/bench-markdown.mjs';
import '../../tools/lib/typescript.mjs';

const { build } = await import('../../tools/build.mjs');
await build(['standalone']);
const { projectRoot, withDatabase } = await import('@latchkey/postgres');
const { PASSWORD, Server } = await import('./server.mjs');
const { perSecond, requestsPerSecond, SECONDS, SIGN_INS } = await import('./load.mjs');
const { bareHashing, bareSelect, bareSigning } = await import('./limits.mjs');
const { webhooks } = await import('./webhooks.mjs');
const { organizations } = await import('./organizations.mjs');
const { embeddedUrl } = await import('./database.mjs');

/** @typedef {import('./server.mjs').Server} Server */

/** @type {{ name: string, value: number, unit: string, limit: number | null, ratio: number | null }[]} */
const rows = [];

/**
 * @param {string} name
 * @param {number} value
 * @param {string} unit
 * @param {number | null} limit what a bare loop reaches, or what is aimed at
 */
function add(name, value, unit, limit = null) {
  const round = (/** @type {number} */ n) => Math.round(n * 100) / 100;
  rows.push({
    name,
    value: round(value),
    unit,
    limit: limit === null ? null : round(limit),
    ratio: limit === null ? null : round(value / limit),
  });
  console.error(`measured ${name}`);
}

/** No machine so far signs in more often per second. */
const MOST_SIGN_INS = 100;

/** What can be measured, each by itself. @type {Record<string, (server: Server) => Promise<void>>} */
const parts = {
  async refresh(server) {
    const { query, sessionId } = await server.signUp();
    await settled();
    const url = `${server.app.CLERK_PROXY_URL}/v1/client/sessions/${sessionId}/tokens${query}`;
    add('session token refreshes', await requestsPerSecond({ url, method: 'POST' }), '/s', await bareSigning());
  },
  async 'get-user'(server) {
    const { userId } = await server.signUp();
    await settled();
    const headers = { authorization: `Bearer ${server.app.CLERK_SECRET_KEY}` };
    const bare = await bareSelect(withDatabase(embeddedUrl(server.dataDir), 'latchkey_identity'), userId);
    const url = `${server.app.CLERK_API_URL}/v1/users/${userId}`;
    add('GET /v1/users/{id}', await requestsPerSecond({ url, headers }), '/s', bare);
  },
  async 'sign-in'(server) {
    const { email } = await server.signUp();
    add('password sign-ins', await signIns(server, email), '/s', await bareHashing());
  },
  async webhooks(server) {
    const { p50, p99, rate, limit } = await webhooks(server);
    add('commit to delivered webhook, p50', p50, 'ms', 250);
    add('commit to delivered webhook, p99', p99, 'ms', 250);
    add('deliveries to 50 endpoints', rate, '/s', limit);
  },
  async organizations(server) {
    for (const { name, value, unit, limit: few } of await organizations(server)) add(name, value, unit, few);
  },
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length)
  throw new Error(`There is no ${unknown.join(', ')}: name some of ${Object.keys(parts).join(', ')}.`);
const first = await Server.start();
add('first start', first.startSeconds, 's', 15);
await first.stop();
const server = await Server.start(first.dataDir);
try {
  add('second start', server.startSeconds, 's', 5);
  add('memory at rest', server.memoryMb(), 'MB', 400);
  for (const [name, measure] of Object.entries(parts)) if (!named.length || named.includes(name)) await measure(server);
  add('memory after load', server.memoryMb(), 'MB');
} finally {
  await server.stop();
  server.remove();
}
if (!named.length) {
  await distributed();
  const folder = join(projectRoot(), 'docs', 'generated');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(join(folder, 'bench.md'), benchMarkdown(rows));
}
console.table(rows);

/** Alone: it wants Kafka, Redis and five processes of ours, and so Java and a Redis of this machine. */
async function distributed() {
  if (!isThere('java', '-version') || !isThere('redis-server', '--version'))
    return console.error('left out: the distributed way to run, for want of Java or redis-server');
  await build();
  const { webhooksDistributed } = await import('./webhooks-distributed.mjs');
  for (const { name, value, unit, limit } of await webhooksDistributed()) add(name, value, unit, limit ?? null);
}

/** Five seconds after a change caches keep nothing of what has changed. What is measured is what goes on all day. */
function settled() {
  return new Promise((resolve) => setTimeout(resolve, 6_000));
}

/** @param {string} command @param {string} flag */
function isThere(command, flag) {
  return spawnSync(command, [flag], { stdio: 'ignore' }).status === 0;
}

/**
 * Sign-ins per second, each in a browser of its own. The browsers are there before.
 *
 * @param {Server} at
 * @param {string} email
 */
async function signIns(at, email) {
  const fapi = at.app.CLERK_PROXY_URL;
  const newBrowser = async () => {
    const response = await fetch(`${fapi}/v1/dev_browser`, { method: 'POST' });
    return /** @type {{ id: string }} */ (await response.json()).id;
  };
  const browsers = [];
  while (browsers.length < SECONDS * MOST_SIGN_INS)
    browsers.push(...(await Promise.all(Array.from({ length: SIGN_INS }, newBrowser))));
  return perSecond(SIGN_INS, async () => {
    const query = `?__clerk_api_version=2026-05-12&__clerk_db_jwt=${browsers.pop() ?? (await newBrowser())}`;
    const body = new URLSearchParams({ identifier: email, password: PASSWORD });
    const response = await fetch(`${fapi}/v1/client/sign_ins${query}`, { method: 'POST', body });
    const { response: result } = /** @type {any} */ (await response.json());
    if (result?.status !== 'complete') throw new Error(`a sign-in ended as ${result?.status ?? response.status}`);
  });
}
