import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { logOf } from '@latchkey/observability';
import { Client } from 'pg';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../config.js';

/** With a process's number as second part the advisory lock that it holds while it lives. */
const LOCK_CLASS = 72707372;
const ANSWER_MS = 5_000;
/** How often in a row a process must be missing: a connection may be lost and found again. */
const MISSING = 2;

/** Processes of this service that have written themselves down and hold no lock. */
const DEAD = `
  SELECT id FROM replicas WHERE NOT EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = ${LOCK_CLASS} AND objid::bigint = replicas.id AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;

/** Of several who find a dead process one deletes its row, and so takes over. */
const TAKE_OVER = `
  WITH gone AS (DELETE FROM replicas WHERE id = $1 RETURNING id)
  UPDATE deliveries d SET next_attempt_at = $2, held_by = NULL FROM gone
  WHERE d.held_by = gone.id AND d.next_attempt_at IS NOT NULL`;

/**
 * Tells the processes of this service of each other, by advisory locks on a connection of its own to Postgres: whoever dies loses the
 * connection, and so the lock. A process whose connection is lost otherwise, and not made anew at once, is taken for dead: another then
 * sends what this one holds, too, which subscribers tell by its id.
 */
@Injectable()
export class Presence implements OnApplicationShutdown {
  private readonly log = logOf({ feature: 'webhooks.deliveries' });
  private client: Client | undefined;
  private id: number | null = null;
  private isAway = false;
  private readonly missing = new Map<number, number>();

  constructor(
    @Inject(WEBHOOKS_CONFIG) private readonly config: WebhooksConfig,
    private readonly clock: Clock,
  ) {}

  /** The number under which this process holds deliveries; null while it has none, when only the end of a lease frees them. */
  get holder(): number | null {
    return this.id;
  }

  /** Makes this process known, again if need be, and looks for others that have died. Returns how many deliveries they have left. */
  async look(): Promise<number> {
    try {
      const client = await this.connected();
      const { rows } = await client.query<{ id: number }>(DEAD);
      const dead = rows.map(({ id }) => id);
      for (const id of this.missing.keys()) if (!dead.includes(id)) this.missing.delete(id);
      this.isAway = false;
      let freed = 0;
      for (const id of dead) {
        const times = (this.missing.get(id) ?? 0) + 1;
        this.missing.set(id, times);
        if (times >= MISSING) freed += (await client.query(TAKE_OVER, [id, this.clock.now()])).rowCount ?? 0;
      }
      return freed;
    } catch (err) {
      // Nothing is lost without it: what a dead process held waits for its lease to end.
      if (!this.isAway) this.log.warn({ err }, 'whether other processes have died cannot be told for now');
      this.isAway = true;
      this.drop(this.client);
      return 0;
    }
  }

  /** What this process may still hold is taken over as if it had died. */
  async onApplicationShutdown(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async connected(): Promise<Client> {
    if (this.client) return this.client;
    const client = new Client({
      connectionString: this.config.WEBHOOKS_DATABASE_URL,
      application_name: 'latchkey-webhooks-presence',
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
    });
    client.on('error', () => this.drop(client));
    client.on('end', () => this.drop(client));
    try {
      await client.connect();
      // The number that it had, as long as nobody has taken over under it.
      const next = `SELECT coalesce($1, nextval('replicas_id_seq'))::int AS id`;
      const { rows } = await client.query<{ id: number }>(next, [this.id]);
      const { id } = rows[0]!;
      // The lock before the row: a row without its lock is a dead process.
      await client.query('SELECT pg_advisory_lock($1, $2)', [LOCK_CLASS, id]);
      await client.query('INSERT INTO replicas (id, started_at) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        id,
        this.clock.now(),
      ]);
      this.id = id;
      this.client = client;
      return client;
    } catch (error) {
      this.drop(client);
      throw error;
    }
  }

  private drop(client: Client | undefined): void {
    if (this.client === client) this.client = undefined;
    void client?.end().catch(() => undefined);
  }
}
