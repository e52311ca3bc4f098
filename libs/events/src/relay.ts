import { newId, type Clock } from '@latchkey/core';
import { gauge, logOf } from '@latchkey/observability';
import { Client } from 'pg';
import { MessageRefused, type EventBus } from './bus.js';
import { RelayWaker } from './outbox.js';

const BATCH = 500;
const IDLE_MS = 250;
const RETRY_MS = 1000;

const lag = gauge('latchkey_outbox_lag_seconds', 'Age of the oldest event that is not published yet', ['service']);

interface Row {
  seq: string;
  key: string;
  envelope: string;
  created_at: Date;
}

/** What a relay forwards, and where to. */
export interface RelayOptions {
  service: string;
  databaseUrl: string;
  bus: EventBus;
  clock: Clock;
}

/**
 * Forwards a service's outbox to the event bus, oldest first. Of all replicas one does so at a time (an advisory lock decides),
 * which keeps the order; a row is deleted only after the bus has it, so a process that dies in between repeats it and loses nothing.
 */
export class Relay extends RelayWaker {
  private readonly log;
  private stopped = false;
  private poked = false;
  private wake: (() => void) | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: RelayOptions) {
    super();
    this.log = logOf({ relay: options.service });
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Ends the loop after the batch in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.poke();
    await this.running;
  }

  poke(): void {
    this.poked = true;
    this.wake?.();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const client = new Client({
        connectionString: this.options.databaseUrl,
        application_name: `latchkey-relay-${this.options.service}`,
      });
      client.on('error', (err) => this.log.warn({ err }, 'the relay lost its database connection'));
      try {
        await client.connect();
        await this.forwardWhileLeader(client);
      } catch (err) {
        if (!this.stopped) this.log.warn({ err }, 'the relay will try again');
        await this.pause(RETRY_MS);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  private async forwardWhileLeader(client: Client): Promise<void> {
    while (!this.stopped) {
      const { rows } = await client.query<{ leader: boolean }>('SELECT pg_try_advisory_lock(72707370) AS leader');
      if (rows[0]?.leader) break;
      await this.pause(RETRY_MS);
    }
    while (!this.stopped) {
      this.poked = false;
      if ((await this.forwardBatch(client)) < BATCH && !this.poked) await this.pause(IDLE_MS);
    }
  }

  private async forwardBatch(client: Client): Promise<number> {
    const { rows } = await client.query<Row>({
      name: 'relay_batch',
      text: 'SELECT seq, key, envelope, created_at FROM outbox ORDER BY seq LIMIT $1',
      values: [BATCH],
    });
    lag.set(
      { service: this.options.service },
      rows[0] ? (this.options.clock.now().getTime() - rows[0].created_at.getTime()) / 1000 : 0,
    );
    if (rows.length === 0) return 0;
    try {
      await this.options.bus.publish(rows);
    } catch (error) {
      if (!(error instanceof MessageRefused)) throw error;
      await this.park(client, error);
      return BATCH;
    }
    await client.query({
      name: 'relay_done',
      text: 'DELETE FROM outbox WHERE seq = ANY($1::bigint[])',
      values: [rows.map((row) => row.seq)],
    });
    return rows.length;
  }

  /** Takes an event that the bus refuses out of the way of the others, and keeps it in `dead_letters` of its own service. */
  private async park(client: Client, { refused, message }: MessageRefused): Promise<void> {
    const { seq } = refused as Row;
    this.log.error({ seq, subject: refused.key, reason: message }, 'parked an event that cannot be published');
    const now = this.options.clock.now();
    // By one statement: it is in one place or the other.
    await client.query(
      `WITH gone AS (DELETE FROM outbox WHERE seq = $1 RETURNING envelope)
       INSERT INTO dead_letters (id, consumer, envelope, error, created_at) SELECT $2, '-', envelope, $3, $4 FROM gone`,
      [seq, newId('event', now), message, now],
    );
  }

  private pause(ms: number): Promise<void> {
    if (this.stopped || this.poked) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => (clearTimeout(timer), resolve());
    });
  }
}
