import type { OnModuleInit } from '@nestjs/common';
import type { Clock } from '@latchkey/core';
import type { Sweepers } from '@latchkey/jobs';

const DAY_MS = 86_400_000;
const SWEEP_MS = 10 * 60_000;
const BATCH = 5_000;

/** How long a topic keeps an event, in milliseconds. */
export const TOPIC_RETENTION_MS = 7 * DAY_MS;

/** How long a consumer remembers that it has handled an event: much longer than any topic could bring it again. */
export const INBOX_RETENTION_MS = 30 * DAY_MS;

/** The part of a service's database in which old rows are removed. */
export interface RetentionDb {
  $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<number>;
}

/** Forgets what consumers have handled, and dead letters that were replayed, after `INBOX_RETENTION_MS`. Unsettled letters stay. */
export class EventRetention implements OnModuleInit {
  constructor(
    private readonly service: string,
    private readonly db: RetentionDb,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sweepers.every(`${this.service}.events`, SWEEP_MS, () => this.run());
  }

  private async run(): Promise<void> {
    const oldest = new Date(this.clock.now().getTime() - INBOX_RETENTION_MS).toISOString();
    await this.remove('inbox', 'created_at', oldest);
    await this.remove('dead_letters', 'replayed_at', oldest);
  }

  /** In pieces, so that no statement holds locks for long; replicas that do so at once share the work. */
  private async remove(table: string, column: string, oldest: string): Promise<void> {
    const sql = `DELETE FROM ${table} WHERE ctid IN (
      SELECT ctid FROM ${table} WHERE ${column} < $1::timestamptz LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
    while ((await this.db.$executeRawUnsafe(sql, oldest)) === BATCH);
  }
}
