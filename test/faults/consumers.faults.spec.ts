/** @needs kafka redis */
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { topicOf } from '@latchkey/contracts';
import { AssignerProtocol, Kafka, logLevel } from 'kafkajs';
import { eventually } from './eventually.js';
import { Installation } from './installation.js';
import { print, survive } from './promises.js';
import type { Service } from './service.js';
import { Subscriber } from './subscriber.js';
import { withAdmin } from './topic.js';

jest.setTimeout(300_000);

/** The consumers of webhooks; Nest adds the ending. */
const GROUP = 'latchkey-webhooks-server';

let installation: Installation;
let subscriber: Subscriber;
let replica: Service;

beforeAll(async () => {
  installation = await Installation.start();
  subscriber = await Subscriber.start(installation);
  replica = await installation.addReplica('webhooks');
  await eventually('both consume', async () => (await membersOf())?.length === 2);
});
afterAll(async () => {
  await subscriber?.stop();
  await installation?.stop();
});

/** The consumers of webhooks that Kafka knows; undefined while it is about to give them their partitions. */
const membersOf = () =>
  withAdmin(installation, async (admin) => {
    const { groups } = await admin.describeGroups([GROUP]);
    const { state, members } = groups[0]!;
    return ['Stable', 'Empty'].includes(state) ? members.map(({ memberId }) => memberId).sort() : undefined;
  });

interface Held {
  holder: number;
  message: string;
}

const held = () =>
  installation.query<Held>(
    'webhooks',
    'SELECT held_by AS holder, message_id AS message FROM deliveries WHERE attempts = 0 AND next_attempt_at > now()',
  );

describe('two processes of webhooks', () => {
  it('keep their partitions while a handler waits for longer than their session lasts', async () => {
    const before = await membersOf();
    await survive('handlers wait for 14 s', installation, [subscriber], async (changes) => {
      await installation.whileLocked('webhooks', 'messages', async () => {
        await delay(14_000);
        expect(changes.accepted.length).toBeGreaterThan(100);
      });
    });
    expect(await membersOf()).toEqual(before);
  });

  it('one killed: the other takes over its partitions, and what it was sending, long before the lease ends', async () => {
    const answered = new Set<string>();
    const hanging = new Set<ServerResponse>();
    // What comes hangs until one is killed.
    subscriber.misbehaves = (attempt, _messages, response) => attempt === 1 && Boolean(hanging.add(response));
    await survive('kill -9 one of two', installation, [subscriber], async () => {
      await eventually('both are sending', async () => new Set((await held()).map(({ holder }) => holder)).size === 2);
      const processes = await installation.query<{ id: number }>('webhooks', 'SELECT id FROM replicas');
      const began = Date.now();
      await replica.kill();
      subscriber.misbehaves = undefined;
      // The other's calls, too: it may go on at once.
      for (const response of hanging) response.destroy();
      const sending = await held();
      const left = () => installation.query<{ id: number }>('webhooks', 'SELECT id FROM replicas');
      await eventually('the other has seen it', async () => (await left()).length < processes.length);
      const alive = new Set((await left()).map(({ id }) => id));
      const lost = sending.filter(({ holder }) => !alive.has(holder));
      expect(lost.length).toBeGreaterThan(0);
      await eventually('what it was sending is delivered', () => {
        for (const { id } of subscriber.deliveries) answered.add(id);
        return lost.every(({ message }) => answered.has(message));
      });
      const took = Date.now() - began;
      print('kill -9 one of two', { 'it was sending': lost.length, 'taken over within (s)': (took / 1000).toFixed(1) });
      expect(took).toBeLessThan(20_000);
    });
  });
});

/** Joins the group of webhooks with a protocol that nobody else in it speaks, which shuts all others out. Returns how to leave. */
async function joinAsStranger(): Promise<() => Promise<void>> {
  const { MemberMetadata, MemberAssignment } = AssignerProtocol;
  const rest = { version: 1, userData: Buffer.alloc(0) };
  const consumer = new Kafka({ brokers: [installation.kafka.url], logLevel: logLevel.NOTHING }).consumer({
    groupId: GROUP,
    partitionAssigners: [
      () => ({
        name: 'Stranger',
        version: 1,
        assign: ({ members }) =>
          Promise.resolve(
            members.map(({ memberId }) => ({
              memberId,
              memberAssignment: MemberAssignment.encode({ ...rest, assignment: {} }),
            })),
          ),
        protocol: ({ topics }) => ({ name: 'Stranger', metadata: MemberMetadata.encode({ ...rest, topics }) }),
      }),
    ],
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topicOf('identity')] });
  await consumer.run({ eachMessage: () => Promise.resolve() });
  await eventually('the stranger is in', async () => (await membersOf())?.length === 1);
  return () => consumer.disconnect();
}

describe('a service whose consumer cannot go on', () => {
  it('ends with an error, so that whoever started it starts another, which goes on where it stood', async () => {
    const webhooks = installation.service('webhooks');
    await survive('the consumer gives up', installation, [subscriber], async () => {
      // It stands still for so long that Kafka gives it up, and is refused when it comes back.
      webhooks.pause();
      await eventually('Kafka has given it up', async () => (await membersOf())?.length === 0);
      const leave = await joinAsStranger();
      webhooks.expectEnd();
      webhooks.resume();
      await eventually('it has ended', () => !webhooks.isRunning);
      expect(webhooks.exitCode).toBe(1);
      await leave();
      await webhooks.restart();
    });
  });
});
