import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { Sweepers } from '@latchkey/jobs';
import { IDENTITY_CONFIG, type IdentityConfig } from '../config.js';
import { IdentityDb } from '../db.js';

const SWEEP_MS = 10 * 60_000;
/** Rows of one statement. */
const BATCH = 2_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How far the search for what nothing names has come in a table. */
interface Search {
  begunAt: number;
  /** The last row that was looked at. */
  at: string;
  id: string;
}

/** The last row of a batch, and how many rows the batch has. */
interface Last {
  at: string;
  id: string;
  count: number;
}

/**
 * Forgets what is over: attempts, with the digests of passwords in them, their proofs, step-ups, tickets that nobody can use any
 * more, counts of codes, sessions, and browsers that nobody comes back with. None of it has a public event.
 */
@Injectable()
export class RetentionService implements OnModuleInit {
  private readonly searches = new Map<string, Search>();

  constructor(
    @Inject(IDENTITY_CONFIG) private readonly config: IdentityConfig,
    private readonly db: IdentityDb,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sweepers.every('identity.retention', SWEEP_MS, () => this.run());
  }

  private async run(): Promise<void> {
    const now = this.clock.now().getTime();
    const daysAgo = (days: number) => new Date(now - days * DAY_MS);
    const { IDENTITY_RETENTION_DAYS: attemptDays, IDENTITY_SESSION_RETENTION_DAYS: sessionDays } = this.config;
    // Soon: nobody goes on with it, and it holds what its user would not have us keep.
    await this.remove('sign_ups', 'abandon_at', daysAgo(1), `AND status <> 'complete'`);
    await this.remove('sign_ups', 'abandon_at', daysAgo(attemptDays));
    await this.remove('sign_ins', 'abandon_at', daysAgo(attemptDays));
    await this.remove('sign_in_tokens', 'expire_at', daysAgo(attemptDays));
    await this.remove('actor_tokens', 'expire_at', daysAgo(attemptDays));
    // A session goes on naming its newest one.
    await this.removeUnused('reverifications', 'abandon_at', new Date(now), [
      `SELECT FROM sessions WHERE id = old.session_id AND reverification_id = old.id AND status IN ('active', 'pending')`,
    ]);
    await this.remove('code_allowances', 'began_at', new Date(now - HOUR_MS));
    // A day later than the attempts that they are proofs of, which are given up after a day.
    await this.removeUnused('verifications', 'created_at', daysAgo(attemptDays + 1), [
      'SELECT FROM email_addresses WHERE verification_id = old.id',
      'SELECT FROM phone_numbers WHERE verification_id = old.id',
    ]);
    await this.remove('sessions', 'updated_at', daysAgo(sessionDays), `AND status <> 'active' AND status <> 'pending'`);
    await this.removeUnused('clients', 'updated_at', daysAgo(sessionDays), [
      'SELECT FROM sessions WHERE client_id = old.id',
    ]);
    await this.removeUnused('dev_browsers', 'updated_at', daysAgo(sessionDays), [
      'SELECT FROM clients WHERE id = old.client_id',
    ]);
  }

  /** In pieces, so that no statement holds locks for long; replicas that do so at once share the work. Across all instances. */
  private async remove(table: string, column: string, until: Date, besides = ''): Promise<void> {
    const sql = `DELETE FROM ${table} WHERE ctid IN (
      SELECT ctid FROM ${table} WHERE ${column} <= $1::timestamptz ${besides} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
    while ((await this.db.$executeRawUnsafe(sql, until.toISOString())) === BATCH);
  }

  /**
   * As `remove`, for rows of which many must stay: those for which one of `uses` finds something. So as not to meet them again each
   * time, the search goes on where it stopped, and begins anew once a day.
   */
  private async removeUnused(table: string, column: string, until: Date, uses: string[]): Promise<void> {
    // The age is asked for twice: a row that somebody has just changed is theirs.
    const sql = `
      WITH old AS (
          SELECT id, ${column} AS at FROM ${table}
          WHERE ${column} <= $1::timestamptz AND (${column}, id) > ($2::timestamptz, $3)
          ORDER BY ${column}, id LIMIT ${BATCH}),
        removed AS (DELETE FROM ${table} WHERE id IN (
          SELECT id FROM ${table} old WHERE id IN (SELECT id FROM old) AND ${column} <= $1::timestamptz
            AND ${uses.map((use) => `NOT EXISTS (${use})`).join(' AND ')}
          FOR UPDATE SKIP LOCKED))
      SELECT at::text, id, (SELECT count(*)::int FROM old) AS count FROM old ORDER BY old.at DESC, id DESC LIMIT 1`;
    const now = this.clock.now().getTime();
    const known = this.searches.get(table);
    const search = known && now - known.begunAt < DAY_MS ? known : { begunAt: now, at: '-infinity', id: '' };
    this.searches.set(table, search);
    for (let count = BATCH; count === BATCH;) {
      const [last] = await this.db.$queryRawUnsafe<Last[]>(sql, until.toISOString(), search.at, search.id);
      if (last) Object.assign(search, { at: last.at, id: last.id });
      count = last?.count ?? 0;
    }
  }
}
