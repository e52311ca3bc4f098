import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { Clock, SecretBox, TestClock } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { Sweepers } from '@latchkey/jobs';
import { type EmbeddedPostgres, inTransaction, startScratchPostgres } from '@latchkey/postgres';
import { until } from '@latchkey/testing';
import {
  LocalInbox,
  type MailDb,
  MailQueue,
  MailQueueModule,
  MailSender,
  type MailTx,
  MailWorker,
  type Message,
  MessageRefused,
  MessagingModule,
  SmsSender,
  type QueuedMail,
} from './index.js';

type Query = (strings: TemplateStringsArray, ...values: unknown[]) => Promise<pg.QueryResult>;
const on =
  (client: pg.Pool | pg.PoolClient): Query =>
  (strings, ...values) =>
    client.query(
      strings.reduce((sql, part, i) => `${sql}$${i}${part}`),
      values,
    );

/** As much of a Prisma client as the queue needs, over the same driver: a generated client belongs to a service. */
class Db implements MailDb {
  constructor(readonly pool: pg.Pool) {}

  async $queryRaw<T>(strings: TemplateStringsArray, ...values: unknown[]): Promise<T> {
    return (await on(this.pool)(strings, ...values)).rows as T;
  }

  async $executeRaw(strings: TemplateStringsArray, ...values: unknown[]): Promise<number> {
    return (await on(this.pool)(strings, ...values)).rowCount ?? 0;
  }

  $transaction<R>(work: (tx: MailTx) => Promise<R>): Promise<R> {
    return inTransaction(this.pool, (client) => {
      const create: MailTx['queuedMessage']['create'] = ({ data: row }) =>
        on(client)`INSERT INTO queued_messages
            (id, instance_id, kind, to_address, subject, text, html, payload, next_attempt_at, created_at)
          VALUES (${row.id}, ${row.instanceId}, ${row.kind}, ${row.toAddress}, ${row.subject}, ${row.text}, ${row.html},
            ${row.payload}, ${row.nextAttemptAt}, ${row.createdAt})`;
      return work({ queuedMessage: { create } });
    });
  }
}

class Senders extends MailSender {
  sent: Message[] = [];
  failure: Error | null = null;
  async send(message: Message): Promise<void> {
    await new Promise((done) => setImmediate(done));
    if (this.failure) throw this.failure;
    this.sent.push(message);
  }
}

let postgres: EmbeddedPostgres;
let db: Db;
const clock = new TestClock();
const box = new SecretBox('m'.repeat(32));
const MINUTE = 60_000;

beforeAll(async () => {
  postgres = await startScratchPostgres();
  db = new Db(new pg.Pool({ connectionString: postgres.url }));
  db.pool.on('error', () => undefined); // An idle connection that the server ends when it stops.
  await db.pool
    .query(`CREATE TABLE queued_messages (id text PRIMARY KEY, instance_id text NOT NULL, kind text NOT NULL, to_address text NOT NULL,
    subject text, text text NOT NULL, html text, payload jsonb NOT NULL DEFAULT '{}', attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz(3) NOT NULL, last_error text, sent_at timestamptz(3), created_at timestamptz(3) NOT NULL)`);
}, 60_000);
afterEach(() => db.pool.query('TRUNCATE queued_messages'));
afterAll(async () => {
  await db?.pool.end();
  await postgres?.stop();
});

const row = async () => (await db.pool.query('SELECT * FROM queued_messages')).rows[0];
const mail: QueuedMail = {
  kind: 'email',
  instanceId: 'ins_1',
  to: 'jane@example.com',
  from: 'a@acme.test',
  subject: 'Code 123456',
  text: '123456',
  html: '<b>123456</b>',
  headers: { 'x-kind': 'code' },
};

function setUp() {
  const senders = new Senders();
  const make = () => new MailWorker(db, { mail: senders, sms: senders }, clock, box);
  const worker = make();
  const queue = new MailQueue(clock, box, worker);
  const add = (message = mail) => transaction(db, (tx: MailTx) => queue.add(tx, message));
  return { senders, worker, other: make(), queue, add };
}

describe('MailQueue', () => {
  it('sends after the commit by itself, what was queued in full, and then forgets what it said', async () => {
    const { senders, add } = setUp();

    await add();
    await until('the message is sent', async () => (await row()).sent_at !== null);

    const { id, ...sealed } = await row();
    const { kind, ...message } = mail;
    expect(kind).toBe('email');
    expect(senders.sent).toEqual([{ id, ...message }]);
    expect([sealed.subject, sealed.text, sealed.html]).toEqual([null, '', null]);
  });

  it('sends nothing when the transaction fails', async () => {
    const { senders, worker, queue } = setUp();
    const failing = transaction(db, async (tx: MailTx) => {
      await queue.add(tx, mail);
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    await worker.sweep();

    expect(senders.sent).toEqual([]);
  });

  it('stores nothing readable', async () => {
    const { queue } = setUp();
    await db.$transaction((tx) => queue.add(tx, mail));

    expect(JSON.stringify(await row())).not.toContain('123456');
  });
});

describe('MailWorker', () => {
  it('sends each message once when replicas sweep at once', async () => {
    const { senders, worker, other, queue } = setUp();
    await db.$transaction(async (tx) => {
      for (let i = 0; i < 60; i++) await queue.add(tx, mail);
    });

    await Promise.all([worker.sweep(), other.sweep(), worker.sweep()]);

    expect(senders.sent).toHaveLength(60);
    expect(new Set(senders.sent.map(({ id }) => id)).size).toBe(60);
  });

  it('tries again after 5 s, 30 s, 2 min, 10 min and 1 h, then gives up with the last error', async () => {
    const { senders, worker, add } = setUp();
    senders.failure = new Error('greylisted');
    await add();
    await until('it was tried', async () => (await row()).attempts === 1);

    for (const [attempts, wait] of [5_000, 30_000, 2 * MINUTE, 10 * MINUTE, 60 * MINUTE].entries()) {
      clock.advance(wait - 2_000);
      await worker.sweep();
      expect((await row()).attempts).toBe(attempts + 1);
      clock.advance(2_001);
      await worker.sweep();
      expect((await row()).attempts).toBe(attempts + 2);
    }
    senders.failure = null;
    clock.advance(86_400_000);
    await worker.sweep();

    expect(senders.sent).toEqual([]);
    expect(await row()).toMatchObject({ attempts: 6, last_error: 'greylisted', sent_at: null });
  });

  it('gives up at once what is refused for good', async () => {
    const { senders, worker, add } = setUp();
    senders.failure = new MessageRefused('no such mailbox');
    await add();
    await until('it is given up', async () => (await row()).attempts === 6);
    senders.failure = null;
    clock.advance(60 * MINUTE);
    await worker.sweep();

    expect(senders.sent).toEqual([]);
    expect((await row()).last_error).toBe('no such mailbox');
  });

  it('sends again, when the lease ends, what a killed process had claimed', async () => {
    const { senders, worker, queue } = setUp();
    await db.$transaction((tx) => queue.add(tx, mail));
    await db.pool.query('UPDATE queued_messages SET next_attempt_at = $1', [
      new Date(clock.now().getTime() + 2 * MINUTE),
    ]);

    await worker.sweep();
    expect(senders.sent).toHaveLength(0);
    clock.advance(2 * MINUTE + 1);
    await worker.sweep();

    expect(senders.sent).toHaveLength(1);
  });

  it('removes what was sent a week ago, and keeps what waits', async () => {
    const { senders, worker, add } = setUp();
    await add();
    await until('the message is sent', async () => (await row()).sent_at !== null);
    const { id } = await row();
    senders.failure = new Error('away');
    clock.advance(7 * 86_400_000 + 1);

    await add();
    await worker.sweep();

    const { rows } = await db.pool.query('SELECT id, last_error FROM queued_messages');
    expect(rows).toEqual([{ id: expect.not.stringMatching(id), last_error: 'away' }]);
  });
});

describe('MailQueueModule', () => {
  @Global()
  @Module({
    providers: [{ provide: Clock, useValue: clock }, { provide: Db, useFactory: () => db }, Sweepers],
    exports: [Clock, Db, Sweepers],
  })
  class Ground {}

  it('sends queued mail and SMS through the senders of the application', async () => {
    const inbox = new LocalInbox(clock);
    const messaging = MessagingModule.forRoot({
      mail: { adapter: 'local-inbox' },
      sms: { adapter: 'local-inbox' },
      inbox,
    });
    const queueing = MailQueueModule.forRoot({ name: 'test.mail', db: Db, sweepers: Sweepers, box });
    const app = await Test.createTestingModule({ imports: [Ground, messaging, queueing] }).compile();
    await app.init();
    await db.$transaction((tx) => app.get(MailQueue).add(tx, mail));
    await db.$transaction((tx) =>
      app.get(MailQueue).add(tx, { kind: 'sms', instanceId: 'ins_1', to: '+15555550100', text: 'Code: 654321' }),
    );

    await app.get(Sweepers).runAll();
    await app.close();

    expect(inbox.list().map(({ kind, to, code }) => [kind, to, code])).toEqual(
      expect.arrayContaining([
        ['email', 'jane@example.com', '123456'],
        ['sms', '+15555550100', '654321'],
      ]),
    );
    expect(app.get(SmsSender)).toBeInstanceOf(SmsSender);
  });
});
