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

/** Forgets what is over: attempts, with the digests of passwords in them, tickets that nobody can use any more, counts of codes. */
@Injectable()
export class RetentionService implements OnModuleInit {
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
    const oldest = new Date(now - this.config.IDENTITY_RETENTION_DAYS * DAY_MS);
    const yesterday = new Date(now - DAY_MS);
    // Soon: nobody goes on with it, and it holds what its user would not have us keep.
    await this.remove('sign_ups', 'abandon_at', yesterday, `AND status <> 'complete'`);
    await this.remove('sign_ups', 'abandon_at', oldest);
    await this.remove('sign_ins', 'abandon_at', oldest);
    await this.remove('sign_in_tokens', 'expire_at', oldest);
    await this.remove('actor_tokens', 'expire_at', oldest);
    await this.remove('code_allowances', 'began_at', new Date(now - HOUR_MS));
  }

  /** In pieces, so that no statement holds locks for long; replicas that do so at once share the work. Across all instances. */
  private async remove(table: string, column: string, until: Date, besides = ''): Promise<void> {
    const sql = `DELETE FROM ${table} WHERE ctid IN (
      SELECT ctid FROM ${table} WHERE ${column} <= $1::timestamptz ${besides} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
    while ((await this.db.$executeRawUnsafe(sql, until.toISOString())) === BATCH);
  }
}
