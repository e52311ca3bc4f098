import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { logOf } from '@latchkey/observability';
import { Client } from 'pg';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../config.js';

/** Held by every process of this service while it lives: shared, and for a moment exclusively by one that starts alone. */
const LOCK = 72707372;

/**
 * Tells a process that starts whether it is the only one, by an advisory lock on a connection of its own. Whoever dies loses the
 * connection, and so the lock. A connection that is lost otherwise may make another think that it is alone: it then sends again what
 * this one holds, which subscribers tell by its id.
 */
@Injectable()
export class Presence implements OnApplicationShutdown {
  private readonly log = logOf({ feature: 'webhooks.deliveries' });
  private client: Client | undefined;

  constructor(@Inject(WEBHOOKS_CONFIG) private readonly config: WebhooksConfig) {}

  /** Calls `whenAlone` when no other process of the service lives; none can start until it is done. */
  async announce(whenAlone: () => Promise<void>): Promise<void> {
    const client = new Client({
      connectionString: this.config.WEBHOOKS_DATABASE_URL,
      application_name: 'latchkey-webhooks-presence',
    });
    client.on('error', (err) => this.log.warn({ err }, 'the connection that tells of this process is lost'));
    this.client = client;
    try {
      await client.connect();
      await this.take(client, whenAlone);
    } catch (err) {
      // Nothing is lost without it: what a dead process held waits for its lease to end.
      this.log.warn({ err }, 'whether this process is alone could not be told');
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client?.end().catch(() => undefined);
  }

  private async take(client: Client, whenAlone: () => Promise<void>): Promise<void> {
    const { rows } = await client.query<{ alone: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS alone`);
    const isAlone = rows[0]?.alone === true;
    if (isAlone) await whenAlone();
    await client.query(`SELECT pg_advisory_lock_shared(${LOCK})`);
    if (isAlone) await client.query(`SELECT pg_advisory_unlock(${LOCK})`);
  }
}
