import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Svix } from 'svix';
import { barePosts } from './limits.mjs';
import { percentile } from './load.mjs';

const ENDPOINTS = 50;
const USERS_AT_REST = 200;
/** Who changes users at the same time, and how often each: what brings the events must not be what is measured. */
const CALLERS = 8;
const CHANGES = 25;
const DEADLINE_MS = 120_000;

/**
 * Commit to delivery at rest, and deliveries to many endpoints.
 *
 * @param {import('./server.mjs').Server} server
 */
export async function webhooks(server) {
  const subscriber = await Subscriber.start();
  try {
    const svix = new Svix(/** @type {string} */ (server.app.CLERK_SECRET_KEY), {
      serverUrl: server.app.LATCHKEY_WEBHOOKS_URL,
    });
    const app = /** @type {string} */ (server.app.LATCHKEY_INSTANCE_ID);
    await svix.endpoint.create(app, { url: subscriber.url, filterTypes: ['user.created'] });
    const { p50, p99 } = await atRest(server, subscriber);
    for (let i = 0; i < ENDPOINTS; i++)
      await svix.endpoint.create(app, { url: `${subscriber.url}?${i}`, filterTypes: ['user.updated'] });
    const users = await Promise.all(Array.from({ length: CALLERS }, () => newUser(server)));
    const before = subscriber.count;
    const began = performance.now();
    const change = async (/** @type {string} */ id) => {
      for (let i = 0; i < CHANGES; i++) await server.bapi('PATCH', `/v1/users/${id}`, { first_name: `Ada ${i}` });
    };
    await Promise.all(users.map(change));
    await subscriber.reaches(before + CALLERS * CHANGES * ENDPOINTS);
    const rate = (CALLERS * CHANGES * ENDPOINTS) / ((performance.now() - began) / 1000);
    return { p50, p99, rate, limit: await barePosts(subscriber.url) };
  } finally {
    subscriber.stop();
  }
}

/**
 * @param {import('./server.mjs').Server} server
 * @returns {Promise<string>} its id
 */
async function newUser(server) {
  const { id } = await server.bapi('POST', '/v1/users', {
    email_address: [`${crypto.randomUUID()}@example.com`],
    skip_password_requirement: true,
  });
  return id;
}

/**
 * @param {import('./server.mjs').Server} server
 * @param {Subscriber} subscriber
 */
async function atRest(server, subscriber) {
  const times = [];
  for (let i = 0; i < USERS_AT_REST; i++) {
    const id = await newUser(server);
    const answered = Date.now();
    times.push(Math.max(0, (await subscriber.sees(id)) - answered));
  }
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/** An endpoint in a process of its own. */
export class Subscriber {
  static async start() {
    const child = fork(join(import.meta.dirname, 'subscriber.mjs'));
    const [{ port }] = await once(child, 'message');
    return new Subscriber(child, port);
  }

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {number} port
   */
  constructor(child, port) {
    this.child = child;
    this.url = `http://127.0.0.1:${port}/`;
    this.count = 0;
    /** @type {Map<string, number>} */
    this.seen = new Map();
    child.on('message', (/** @type {any} */ { count, batch }) => {
      this.count = count;
      for (const [key, at] of batch) this.seen.set(key.split(' ')[0], at);
    });
  }

  /** @param {string} id */
  async sees(id) {
    await this.until(() => this.seen.has(id));
    return /** @type {number} */ (this.seen.get(id));
  }

  /**
   * @param {number} count
   * @param {number} [withinMs]
   */
  reaches(count, withinMs) {
    return this.until(() => this.count >= count, withinMs);
  }

  /**
   * @param {() => boolean} isDone
   * @param {number} withinMs
   */
  async until(isDone, withinMs = DEADLINE_MS) {
    const deadline = AbortSignal.timeout(withinMs);
    while (!isDone()) await once(this.child, 'message', { signal: deadline });
  }

  stop() {
    this.child.kill();
  }
}
