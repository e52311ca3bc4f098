import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { byItself, inTransaction, isDatabaseUnavailable, isDeadlock, transaction } from '@latchkey/db';
import { JobQueue } from '@latchkey/jobs';
import { counter, logOf } from '@latchkey/observability';
import { WebhooksDb, type Tx } from '../db.js';
import { EndpointHealth, type Entry } from './deliveries.health.js';
import { DUE_JOB } from './deliveries.jobs.js';
import {
  releaseDeliveries,
  settleDeliveries,
  STATUS,
  writeResults,
  type AttemptResult,
  type Outgoing,
} from './deliveries.queries.js';
import type { Target } from './deliveries.targets.js';

const BATCH = 500;
/** With more than this unwritten, nothing more is sent: the database does not keep up, or is away. */
const CONGESTED = 5_000;
const RETRY_MS = 500;

const attempts = counter('latchkey_webhook_attempts_total', 'Attempts to deliver a message', ['result']);
const attempted = { ok: attempts.labels({ result: 'ok' }), failed: attempts.labels({ result: 'failed' }) };

/** A delivery that needs no attempt: how it has ended, or null when it is given back. */
interface Settled {
  delivery: Outgoing;
  status: number | null;
}

const isReleased = ({ status }: Settled): boolean => status === null;

/** Writes down what came of attempts, in batches: while one is being written the next one gathers. */
@Injectable()
export class DeliveryResults {
  /** Called when something was written, and so there may be room again, with the endpoints of which something was given back. */
  onWritten: (released: Iterable<string>) => void = () => undefined;
  private readonly log = logOf({ feature: 'webhooks.deliveries' });
  private readonly entries: Entry[] = [];
  private readonly settled: Settled[] = [];
  private writing: Promise<void> | undefined;
  private readonly scheduled = new Set<number>();

  constructor(
    private readonly db: WebhooksDb,
    private readonly health: EndpointHealth,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Whether the table is too far behind for more to be sent. */
  get isCongested(): boolean {
    return this.entries.length > CONGESTED;
  }

  /** Keeps the outcome of an attempt. */
  add(result: AttemptResult, target: Target): void {
    this.entries.push({ result, target });
    (result.status === STATUS.success ? attempted.ok : attempted.failed).inc();
    this.writing ??= this.writeAll();
  }

  /** Ends a delivery without an attempt. */
  settle(delivery: Outgoing, status: number): void {
    this.settled.push({ delivery, status });
    this.writing ??= this.writeAll();
  }

  /** Gives a delivery back to the table, where it is due at once. */
  release(delivery: Outgoing): void {
    this.settled.push({ delivery, status: null });
    this.writing ??= this.writeAll();
  }

  /** Resolves when everything is written, or after `ms`. */
  async flush(ms: number): Promise<void> {
    await Promise.race([this.writing, delay(ms, undefined, { ref: false })]);
  }

  private async writeAll(): Promise<void> {
    // A turn of the event loop, so that answers that came together are written together.
    await new Promise((done) => setImmediate(done));
    while (this.entries.length + this.settled.length > 0) {
      const batch = this.entries.splice(0, BATCH);
      const settled = this.settled.splice(0, BATCH);
      try {
        await this.write(batch, settled);
        await this.scheduleRetries(batch);
        this.onWritten(new Set(settled.filter(isReleased).map(({ delivery }) => delivery.endpointId)));
      } catch (err) {
        await this.writeLater(err, batch, settled);
      }
    }
    this.writing = undefined;
  }

  private async writeLater(err: unknown, batch: Entry[], settled: Settled[]): Promise<void> {
    if (isDatabaseUnavailable(err) || isDeadlock(err) || isTimedOut(err)) {
      // The messages have been sent; that must be known, however long the database is away.
      this.log.warn({ err, attempts: batch.length }, 'the outcome of deliveries is not written yet');
      this.entries.unshift(...batch);
      this.settled.unshift(...settled);
      await delay(RETRY_MS);
      return;
    }
    // One that cannot be written must not keep the others from it: each by itself, and that one is left to its lease.
    for (const entry of batch) {
      await this.write([entry], []).catch((problem: unknown) =>
        this.log.error({ err: problem, message_id: entry.result.delivery.messageId }, 'an attempt cannot be written'),
      );
    }
    for (const entry of settled) {
      await this.write([], [entry]).catch((problem: unknown) =>
        this.log.error({ err: problem, message_id: entry.delivery.messageId }, 'a delivery cannot be ended'),
      );
    }
  }

  private async write(batch: Entry[], settled: Settled[]): Promise<void> {
    for (const [status, group] of Map.groupBy(settled, (entry) => entry.status)) {
      const deliveries = group.map((entry) => entry.delivery);
      if (status === null) await releaseDeliveries(this.db, deliveries, this.clock.now());
      else await settleDeliveries(this.db, deliveries, status);
    }
    if (batch.length === 0) return;
    const results = batch.map((entry) => entry.result);
    const notable = this.health.notable(batch);
    if (notable.length === 0) return writeResults(byItself(this.db), results);
    await transaction(this.db, async (tx: Tx) => {
      await writeResults(inTransaction(tx), results);
      for (const note of notable) await note(tx);
    });
  }

  /** Asks to be woken when the retries are due: one job for all that fall into the same second. */
  private async scheduleRetries(batch: Entry[]): Promise<void> {
    const now = Math.floor(this.clock.now().getTime() / 1000);
    for (const second of this.scheduled) if (second < now) this.scheduled.delete(second);
    for (const { result } of batch) {
      if (!result.nextAttemptAt) continue;
      const second = Math.ceil(result.nextAttemptAt.getTime() / 1000);
      if (this.scheduled.has(second)) continue;
      this.scheduled.add(second);
      await this.jobs.add(DUE_JOB, String(second), null, { runAt: new Date(second * 1000) });
    }
  }
}

/** Whether Prisma has given up a transaction that took too long. */
const isTimedOut = (error: unknown): boolean => (error as { code?: unknown }).code === 'P2028';
