import type { LatchkeyEvent } from '@latchkey/contracts';
import { Changes } from './changes.js';
import { eventually } from './eventually.js';
import type { Installation, Owner } from './installation.js';
import type { Subscriber } from './subscriber.js';
import { eventsOf } from './topic.js';

/** How many changes are accepted before a fault, and again after it. */
const BEFORE = 40;
const AFTER = 40;

const key = ({ userId, n }: { userId: string; n: number }) => `${userId}:${n}`;

/**
 * Runs a steady stream of changes, breaks something and mends it, and waits until every accepted change was delivered. Prints what
 * that took; `checkPromises` then looks whether all was as promised.
 *
 * @param fault returns when all is up again
 */
export async function survive(
  name: string,
  installation: Installation,
  subscribers: Subscriber[],
  fault: (changes: Changes) => Promise<void>,
): Promise<Changes> {
  const before = subscribers.map(({ deliveries }) => deliveries.length);
  const changes = new Changes(installation);
  try {
    const accepts = (count: number) => {
      installation.check();
      return changes.accepted.length >= count;
    };
    await eventually('changes are accepted', () => accepts(BEFORE));
    const began = Date.now();
    await fault(changes);
    const mended = Date.now();
    const soFar = changes.accepted.length;
    await eventually('changes are accepted again', () => accepts(soFar + AFTER));
    await changes.stop();
    for (const subscriber of subscribers) {
      const isDone = () => {
        installation.check();
        return missing(changes, subscriber).length === 0;
      };
      await eventually(`all changes are delivered (${name})`, isDone).catch((error: unknown) => {
        const lost = missing(changes, subscriber);
        throw new Error(`${lost.length} of ${changes.accepted.length} were not delivered, the first ${lost[0]}`, {
          cause: error,
        });
      });
    }
    const [subscriber] = subscribers;
    const deliveries = subscriber!.deliveries.slice(before[0]);
    const firsts = subscriber!.firsts();
    const due = changes.accepted.filter(({ at }) => at <= mended);
    const caughtUp = Math.max(mended, ...due.map((change) => firsts.get(key(change))!));
    print(name, {
      accepted: changes.accepted.length,
      'not answered': changes.unanswered,
      delivered: new Set(deliveries.map(({ id }) => id)).size,
      'delivered again': deliveries.length - new Set(deliveries.map(({ id }) => id)).size,
      'down (s)': seconds(mended - began),
      'caught up after (s)': seconds(caughtUp - mended),
    });
  } finally {
    await changes.stop();
  }
  await checkPromises(installation, subscribers, changes);
  return changes;
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);

/** Beside Jest's own report, which hides what a passing test writes to the console. */
export function print(name: string, numbers: Record<string, unknown>): void {
  const text = Object.entries(numbers).map(([what, value]) => `${what} ${String(value)}`);
  process.stderr.write(`    ${name}: ${text.join(', ')}\n`);
}

function missing(changes: Changes, subscriber: Subscriber): string[] {
  const firsts = subscriber.firsts();
  return changes.accepted.map(key).filter((change) => !firsts.has(change));
}

/** Every accepted change has happened once for each consumer, and one user's changes lie in order on their topic. */
async function checkPromises(installation: Installation, subscribers: Subscriber[], changes: Changes): Promise<void> {
  for (const { refused } of subscribers) expect(refused).toBe(0);
  const events = await untilConsumed(installation);
  const known = new Set(events.map((event) => key(changeIn(event))));
  expect(changes.accepted.filter((change) => !known.has(key(change)))).toEqual([]);
  expect(outOfOrder(events)).toEqual([]);
  // One message for each event, and one for each change: an effect that came twice would show in the second.
  const messages = await installation.query<{ event_id: string; user: string; n: string }>(
    'webhooks',
    `SELECT event_id, subject AS user, payload::json -> 'data' -> 'public_metadata' ->> 'n' AS n FROM messages
     WHERE event_type IN ('user.created', 'user.updated')`,
  );
  expect(messages).toHaveLength(events.length);
  expect(new Set(messages.map(({ event_id }) => event_id)).size).toBe(events.length);
  expect(new Set(messages.map(({ user, n }) => `${user}:${n}`)).size).toBe(events.length);
  expect(await installation.query('webhooks', 'SELECT * FROM dead_letters')).toEqual([]);
}

/** The users' events, each once, when every consumer of them has noted each of them. */
async function untilConsumed(installation: Installation): Promise<LatchkeyEvent[]> {
  const all = await eventsOf(installation, 'identity');
  const events = [...new Map(all.map((event) => [event.id, event])).values()].filter(({ type }) =>
    ['user.created', 'user.updated'].includes(type),
  );
  for (const [owner, consumer] of [
    ['webhooks', 'webhooks.messages'],
    ['organizations', 'organizations.user-profiles'],
  ] satisfies [Owner, string][]) {
    await eventually(`${consumer} has handled all`, async () => {
      const sql = 'SELECT count(*)::int AS n FROM inbox WHERE consumer = $1 AND event_id = ANY($2)';
      const [row] = await installation.query<{ n: number }>(owner, sql, [consumer, events.map(({ id }) => id)]);
      return row!.n === events.length;
    });
  }
  return events;
}

function changeIn(event: LatchkeyEvent): { userId: string; n: number } {
  const data = event.data as { id: string; public_metadata: { n?: number } };
  return { userId: data.id, n: data.public_metadata.n ?? -1 };
}

/** Of each user's events, in the order in which they came first, those that do not follow the one before. */
function outOfOrder(events: readonly LatchkeyEvent[]): string[] {
  const last = new Map<string, number>();
  return events.flatMap((event) => {
    const { userId, n } = changeIn(event);
    const follows = n === (last.get(userId) ?? -1) + 1;
    last.set(userId, n);
    return follows ? [] : [`${userId}:${n}`];
  });
}
