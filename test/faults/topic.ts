import { randomUUID } from 'node:crypto';
import { topicOf, type EventSource, type LatchkeyEvent } from '@latchkey/contracts';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { eventually } from './eventually.js';
import type { Installation } from './installation.js';

const connect = (installation: Installation) =>
  new Kafka({ brokers: [installation.kafka.url], logLevel: logLevel.NOTHING });

export async function withAdmin<T>(installation: Installation, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = connect(installation).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** How many records a topic holds. Kafka may have come back a moment ago, and what is known of it may be older. */
export async function recordsOn(admin: Admin, topic: string): Promise<number> {
  let count = 0;
  await eventually(`Kafka tells how much is on ${topic}`, async () => {
    const offsets = await admin.fetchTopicOffsets(topic);
    count = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    return true;
  });
  return count;
}

/** Everything on a service's topic, in the order of each partition. */
export async function eventsOf(installation: Installation, source: EventSource): Promise<LatchkeyEvent[]> {
  const topic = topicOf(source);
  const expected = await withAdmin(installation, (admin) => recordsOn(admin, topic));
  const events: LatchkeyEvent[] = [];
  const consumer = connect(installation).consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let seen = 0;
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => {
        seen++;
        const text = message.value?.toString() ?? '';
        if (text.startsWith('{')) events.push(JSON.parse(text) as LatchkeyEvent);
      },
    });
    await eventually(`${expected} records are read`, () => seen >= expected);
  } finally {
    await consumer.disconnect();
  }
  return events;
}

/** Puts something onto a topic past the product. */
export async function produce(installation: Installation, topic: string, values: string[]): Promise<void> {
  const producer = connect(installation).producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}
