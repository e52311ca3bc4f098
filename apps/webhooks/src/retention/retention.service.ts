import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock, SecretBox } from '@latchkey/core';
import { Sweepers } from '@latchkey/jobs';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../config.js';
import { WebhooksDb } from '../db.js';
import { openHeaders, sealHeaders, type KeptHeaders } from '../deliveries/deliveries.headers.js';
import { AFTERWARDS_MS, SECRET_MS, SECRET_TYPES } from '../messages/messages.secrecy.js';

const SWEEP_MS = 10 * 60_000;
const BATCH = 2_000;
const DAY_MS = 86_400_000;

/** Removes what is too old: payloads (secret ones once they are delivered), then messages with their deliveries and attempts, old secrets, tokens and tasks. Seals what was not. */
@Injectable()
export class Retention implements OnModuleInit {
  constructor(
    @Inject(WEBHOOKS_CONFIG) private readonly config: WebhooksConfig,
    private readonly db: WebhooksDb,
    private readonly box: SecretBox,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sweepers.every('webhooks.retention', SWEEP_MS, () => this.run());
  }

  private async run(): Promise<void> {
    await this.sealOldHeaders();
    const now = this.clock.now();
    const oldest = new Date(now.getTime() - this.config.WEBHOOKS_RETENTION_DAYS * DAY_MS).toISOString();
    const at = now.toISOString();
    await this.repeat(
      () => this.db.$executeRaw`
        UPDATE messages SET payload = NULL WHERE id IN (
          SELECT id FROM messages WHERE payload_expires_at <= ${at}::timestamptz AND payload IS NOT NULL
          LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
    );
    // Secret payloads of which nothing is left to deliver. By the expiry, for that is indexed: others expire much later.
    const [secretUntil, longAgo] = [SECRET_MS, -AFTERWARDS_MS].map((ms) => new Date(now.getTime() + ms).toISOString());
    await this.repeat(
      () => this.db.$executeRaw`
        UPDATE messages SET payload = NULL WHERE id IN (
          SELECT id FROM messages m WHERE payload_expires_at <= ${secretUntil}::timestamptz AND payload IS NOT NULL
            AND event_type = ANY(${SECRET_TYPES}::text[]) AND created_at <= ${longAgo}::timestamptz
            AND NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = m.id AND d.next_attempt_at IS NOT NULL)
          LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
    );
    await this.repeat(
      () => this.db.$executeRaw`
        WITH old AS (SELECT id FROM messages WHERE created_at < ${oldest}::timestamptz LIMIT ${BATCH} FOR UPDATE SKIP LOCKED),
          a AS (DELETE FROM attempts WHERE message_id IN (SELECT id FROM old)),
          d AS (DELETE FROM deliveries WHERE message_id IN (SELECT id FROM old))
        DELETE FROM messages WHERE id IN (SELECT id FROM old)`,
    );
    await this.repeat(
      () => this.db.$executeRaw`
        DELETE FROM endpoint_secrets WHERE id IN (
          SELECT id FROM endpoint_secrets WHERE expires_at < ${at}::timestamptz LIMIT ${BATCH})`,
    );
    await this.repeat(
      () => this.db.$executeRaw`
        DELETE FROM portal_tokens WHERE id IN (
          SELECT id FROM portal_tokens WHERE expires_at < ${at}::timestamptz LIMIT ${BATCH})`,
    );
    await this.repeat(
      () => this.db.$executeRaw`
        DELETE FROM background_tasks WHERE id IN (
          SELECT id FROM background_tasks WHERE created_at < ${oldest}::timestamptz AND status <> 'running' LIMIT ${BATCH})`,
    );
  }

  /** Encrypts headers that were set before headers were encrypted. */
  private async sealOldHeaders(): Promise<void> {
    const rows = await this.db.$queryRaw<(KeptHeaders & { id: string; instanceId: string; revision: number })[]>`
      SELECT id, instance_id AS "instanceId", revision, headers, sealed_headers AS "sealedHeaders" FROM endpoints
      WHERE sealed_headers IS NULL AND headers <> '{}' LIMIT ${BATCH}`;
    for (const { id, instanceId, revision, ...kept } of rows) {
      // In the revision that was read: headers that are set at this moment win.
      const where = { id, instanceId, revision };
      await this.db.endpoint.updateMany({ where, data: sealHeaders(this.box, openHeaders(this.box, kept)) });
    }
  }

  /** In pieces, so that no statement holds locks for long. */
  private async repeat(remove: () => Promise<number>): Promise<void> {
    while ((await remove()) === BATCH);
  }
}
