/**
 * `npm run bench`: what the hot paths cost, as ratios to what the machine could do at the most, in one run.
 * Writes docs/generated/bench.{json,md}. BENCH_SECONDS sets how long each load lasts.
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
const { requestsPerSecond } = await import('./load.mjs');
const { bareHashing, bareSelect, bareSigning } = await import('./limits.mjs');
const { webhooks } = await import('./webhooks.mjs');
const { organizations } = await import('./organizations.mjs');
const { embeddedUrl } = await import('./database.mjs');

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

const first = await Server.start();
add('first start', first.startSeconds, 's', 15);
await first.stop();
const server = await Server.start(first.dataDir);
try {
  add('second start', server.startSeconds, 's', 5);
  add('memory at rest', server.memoryMb(), 'MB', 400);

  const { query, sessionId, userId, email } = await server.signUp();
  await settled();
  const refresh = {
    url: `${server.app.CLERK_PROXY_URL}/v1/client/sessions/${sessionId}/tokens${query}`,
    method: /** @type {const} */ ('POST'),
  };
  add('session token refreshes', await requestsPerSecond(refresh), '/s', await bareSigning());

  const headers = { authorization: `Bearer ${server.app.CLERK_SECRET_KEY}` };
  const bare = await bareSelect(withDatabase(embeddedUrl(server.dataDir), 'latchkey_identity'), userId);
  add(
    'GET /v1/users/{id}',
    await requestsPerSecond({ url: `${server.app.CLERK_API_URL}/v1/users/${userId}`, headers }),
    '/s',
    bare,
  );

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ identifier: email, password: PASSWORD }).toString();
  const signIn = await signIns(server, { headers: form, body });
  add('password sign-ins', signIn, '/s', await bareHashing());

  const { p50, p99, rate, limit } = await webhooks(server);
  add('commit to delivered webhook, p50', p50, 'ms', 250);
  add('commit to delivered webhook, p99', p99, 'ms', 250);
  add('deliveries to 50 endpoints', rate, '/s', limit);
  for (const { name, value, limit: few } of await organizations(server)) add(name, value, '/s', few);
  add('memory after load', server.memoryMb(), 'MB');
} finally {
  await server.stop();
  server.remove();
}
// Alone: it wants Kafka, Redis and five processes of ours, and so Java and a Redis of this machine.
if (isThere('java', '-version') && isThere('redis-server', '--version')) {
  await build();
  const { webhooksDistributed } = await import('./webhooks-distributed.mjs');
  for (const { name, value, unit, limit } of await webhooksDistributed()) add(name, value, unit, limit ?? null);
} else {
  console.error('left out: the distributed way to run, for want of Java or redis-server');
}

console.table(rows);
const folder = join(projectRoot(), 'docs', 'generated');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(rows, null, 2)}\n`);
writeFileSync(join(folder, 'bench.md'), benchMarkdown(rows));

/** Five seconds after a change caches keep nothing of what has changed. What is measured is what goes on all day. */
function settled() {
  return new Promise((resolve) => setTimeout(resolve, 6_000));
}

/** @param {string} command @param {string} flag */
function isThere(command, flag) {
  return spawnSync(command, [flag], { stdio: 'ignore' }).status === 0;
}

/**
 * Sign-ins per second, each in a browser of its own.
 *
 * @param {import('./server.mjs').Server} at
 * @param {{ headers: Record<string, string>, body: string }} call
 */
async function signIns(at, call) {
  const fapi = at.app.CLERK_PROXY_URL;
  const { perSecond } = await import('./load.mjs');
  return perSecond(4, async () => {
    const { id } = /** @type {any} */ (await (await fetch(`${fapi}/v1/dev_browser`, { method: 'POST' })).json());
    const response = await fetch(`${fapi}/v1/client/sign_ins?__clerk_api_version=2026-05-12&__clerk_db_jwt=${id}`, {
      method: 'POST',
      ...call,
    });
    const { response: result } = /** @type {any} */ (await response.json());
    if (result?.status !== 'complete') throw new Error(`a sign-in ended as ${result?.status ?? response.status}`);
  });
}
