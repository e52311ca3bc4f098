/**
 * Dead letters of a distributed installation: records on the topics `latchkey.<source>.v1.<consumer>.dead`. A topic only grows, so
 * what was settled is noted on it too: a record without a value in the same partition, whose header names the offset.
 */
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import './typescript.mjs';
import { SERVICES } from './project.mjs';

const { deadLetterTopicOf, topicOf } = await import('@latchkey/contracts');

/** @typedef {import('./dead-letters.mjs').Letter} Letter */
/** @typedef {import('./dead-letters.mjs').DeadLetterStore} DeadLetterStore */
/** @typedef {import('@latchkey/contracts').EventSource} EventSource */
/** @typedef {{ topic: string, partition: number, offset: bigint }} Place */

const TIMEOUT_MS = 60_000;
const POLL_MS = 200;
const SETTLES = 'x-settles';
const OUTCOME = 'x-outcome';
const services = /** @type {EventSource[]} */ (SERVICES);

/** @param {Letter} letter @returns {Place} */
function placeOf({ id }) {
  const [topic = '', partition, offset = ''] = id.split(':');
  return { topic, partition: Number(partition), offset: BigInt(offset) };
}

/** @param {import('kafkajs').IHeaders | undefined} headers @param {string} name */
const header = (headers, name) => headers?.[name]?.toString();

/** @param {string} topic @param {number} partition @param {import('kafkajs').KafkaMessage} message @returns {Letter} */
function toLetter(topic, partition, message) {
  return {
    id: `${topic}:${partition}:${message.offset}`,
    service: /** @type {string} */ (topic.split('.').at(-2)),
    consumer: header(message.headers, 'x-consumer') ?? '-',
    error: header(message.headers, 'x-error') ?? '',
    at: new Date(Number(message.timestamp)),
    text: message.value?.toString() ?? '',
    settled: undefined,
  };
}

/**
 * @param {string[]} brokers
 * @param {import('@latchkey/events').KafkaSecurity} security
 * @returns {Promise<DeadLetterStore>}
 */
export async function kafkaDeadLetters(brokers, security) {
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  const kafka = new Kafka({ clientId: 'latchkey-dead-letters', brokers, ...security, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await admin.connect();
  await producer.connect();

  /** Where to read up to, by topic and partition; without what is empty. @param {string[]} wanted */
  async function ends(wanted) {
    const there = new Set(await admin.listTopics());
    const topics = services
      .flatMap((source) => wanted.map((name) => deadLetterTopicOf(topicOf(source), /** @type {EventSource} */ (name))))
      .filter((topic) => there.has(topic));
    /** @type {Map<string, bigint>} */
    const open = new Map();
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (BigInt(high) > BigInt(low)) open.set(`${topic}:${partition}`, BigInt(high));
    }
    return open;
  }

  /** @param {string[]} wanted @returns {Promise<Letter[]>} */
  async function list(wanted) {
    const open = await ends(wanted);
    if (open.size === 0) return [];
    /** @type {Map<string, Letter>} */
    const letters = new Map();
    const groupId = `latchkey-dead-letters-${randomUUID()}`;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200 });
    await consumer.connect();
    try {
      const topics = [...new Set([...open.keys()].map((place) => place.slice(0, place.lastIndexOf(':'))))];
      await consumer.subscribe({ topics, fromBeginning: true });
      await new Promise((done, fail) => {
        const deadline = setTimeout(
          () => fail(new Error('Kafka did not hand out the dead letters in time.')),
          TIMEOUT_MS,
        );
        const finish = () => (clearTimeout(deadline), done(undefined));
        consumer.on('consumer.crash', ({ payload }) => (clearTimeout(deadline), fail(payload.error)));
        void consumer.run({
          autoCommit: false,
          eachMessage: async ({ topic, partition, message }) => {
            const place = `${topic}:${partition}`;
            const settles = header(message.headers, SETTLES);
            const settled = settles === undefined ? undefined : letters.get(`${place}:${settles}`);
            if (settled) settled.settled = header(message.headers, OUTCOME);
            if (settles === undefined) letters.set(`${place}:${message.offset}`, toLetter(topic, partition, message));
            if (BigInt(message.offset) + 1n >= (open.get(place) ?? 0n)) open.delete(place);
            if (open.size === 0) finish();
          },
        });
      });
    } finally {
      await consumer.disconnect();
      await admin.deleteGroups([groupId]).catch(() => undefined);
    }
    return [...letters.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** @param {Letter} letter @param {'replayed' | 'discarded'} outcome */
  async function settle(letter, outcome) {
    const { topic, partition, offset } = placeOf(letter);
    const headers = { [SETTLES]: String(offset), [OUTCOME]: outcome };
    await producer.send({ topic, acks: -1, messages: [{ partition, value: null, headers }] });
  }

  /** @param {Letter} letter @param {import('@latchkey/contracts').LatchkeyEvent} event @returns {Promise<Place>} */
  async function handOver(letter, event) {
    const topic = topicOf(/** @type {EventSource} */ (event.source.slice(1)));
    const [taken] = await producer.send({
      topic,
      acks: -1,
      messages: [
        {
          key: event.subject,
          value: JSON.stringify({ ...event, replayfor: letter.consumer }),
          headers: { 'content-type': 'application/cloudevents+json' },
        },
      ],
    });
    return { topic, partition: taken?.partition ?? 0, offset: BigInt(taken?.baseOffset ?? 0) };
  }

  /** Whether the service has left the place behind it. @param {string} service @param {Place} place */
  async function hasPassed(service, { topic, partition, offset }) {
    const [group] = await admin.fetchOffsets({ groupId: `latchkey-${service}-server`, topics: [topic] });
    const committed = group?.partitions.find((entry) => entry.partition === partition)?.offset ?? '-1';
    return BigInt(committed) > offset;
  }

  return {
    list,
    settle,
    async replay(letter, event, withinMs) {
      const place = await handOver(letter, event);
      await settle(letter, 'replayed');
      for (const deadline = Date.now() + withinMs; Date.now() < deadline;) {
        if (await hasPassed(letter.service, place)) return true;
        await new Promise((wake) => setTimeout(wake, POLL_MS));
      }
      return false;
    },
    async close() {
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}
