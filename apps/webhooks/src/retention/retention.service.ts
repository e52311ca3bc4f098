import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { Sweepers } from '@latchkey/jobs';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../config.js';
import { WebhooksDb } from '../db.js';

const SWEEP_MS = 10 * 60_000;
const BATCH = 2_000;
const DAY_MS = 86_400_000;

/** Removes what is too old: payloads, then messages with their deliveries and attempts, old secrets, tokens and tasks. */
@Injectable()
export class Retention implements OnModuleInit {
  constructor(
    @Inject(WEBHOOKS_CONFIG) private readonly config: WebhooksConfig,
    private readonly db: WebhooksDb,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sweepers.every('webhooks.retention', SWEEP_MS, () => this.run());
  }

  private async run(): Promise<void> {
    const now = this.clock.now();
    const oldest = new Date(now.getTime() - this.config.WEBHOOKS_RETENTION_DAYS * DAY_MS);
    await this.repeat(
      `UPDATE messages SET payload = NULL WHERE id IN (
         SELECT id FROM messages WHERE payload_expires_at <= $1::timestamptz AND payload IS NOT NULL LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
      now,
    );
    await this.repeat(
      `WITH old AS (SELECT id FROM messages WHERE created_at < $1::timestamptz LIMIT ${BATCH} FOR UPDATE SKIP LOCKED),
         a AS (DELETE FROM attempts WHERE message_id IN (SELECT id FROM old)),
         d AS (DELETE FROM deliveries WHERE message_id IN (SELECT id FROM old))
       DELETE FROM messages WHERE id IN (SELECT id FROM old)`,
      oldest,
    );
    for (const [table, column] of [
      ['endpoint_secrets', 'expires_at'],
      ['portal_tokens', 'expires_at'],
    ]) {
      await this.repeat(
        `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${column} < $1::timestamptz LIMIT ${BATCH})`,
        now,
      );
    }
    await this.repeat(
      `DELETE FROM background_tasks WHERE id IN (
         SELECT id FROM background_tasks WHERE created_at < $1::timestamptz AND status <> 'running' LIMIT ${BATCH})`,
      oldest,
    );
  }

  /** In pieces, so that no statement holds locks for long. */
  private async repeat(sql: string, before: Date): Promise<void> {
    while ((await this.db.$executeRawUnsafe(sql, before.toISOString())) === BATCH);
  }
}
