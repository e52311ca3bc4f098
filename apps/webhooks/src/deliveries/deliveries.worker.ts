import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { JobQueue, Sweepers, type Sweeper } from '@latchkey/jobs';
import { WebhooksDb } from '../db.js';
import { DUE_JOB } from './deliveries.jobs.js';
import { DeliveryLanes } from './deliveries.lanes.js';
import { Presence } from './deliveries.presence.js';
import { DeliveryResults } from './deliveries.results.js';
import { claimDue, releaseDeliveries } from './deliveries.queries.js';

const SWEEP_MS = 5_000;
/** How often it is looked for processes that have died. */
const LOOK_MS = 1_000;
const DRAIN_MS = 3_000;
const FLUSH_MS = 1_000;
/** Most deliveries of one claim. */
const CLAIM_LIMIT = 1_000;
/** How many an endpoint gets of which this process holds nothing yet. */
const FIRST_ROOM = 32;

/**
 * Takes up deliveries that are due: retries, those of a process that died, and what came in faster than its endpoint takes
 * it. First attempts do not pass here; whoever stores a message holds them from the start.
 */
@Injectable()
export class DeliveryWorker implements OnModuleInit, OnModuleDestroy {
  private sweeper: Sweeper | undefined;

  constructor(
    private readonly db: WebhooksDb,
    private readonly lanes: DeliveryLanes,
    private readonly results: DeliveryResults,
    private readonly jobs: JobQueue,
    private readonly sweepers: Sweepers,
    private readonly presence: Presence,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.presence.look();
    const sweeper = this.sweepers.every('webhooks.deliveries', SWEEP_MS, () => this.claimAll());
    this.sweeper = sweeper;
    this.sweepers.every('webhooks.presence', LOOK_MS, async () => {
      if ((await this.presence.look()) > 0) sweeper.poke();
    });
    this.lanes.onRoom = () => sweeper.poke();
    this.jobs.process(DUE_JOB, { concurrency: 1 }, () => sweeper.runNow());
    sweeper.poke();
  }

  /** Looks at once for deliveries that are due. Call it after the commit that made them due. */
  wake(): void {
    this.sweeper?.poke();
  }

  async onModuleDestroy(): Promise<void> {
    const unsent = await this.lanes.stop(DRAIN_MS);
    await this.results.flush(FLUSH_MS);
    if (unsent.length > 0) await releaseDeliveries(this.db, unsent, this.clock.now());
  }

  private async claimAll(): Promise<void> {
    for (;;) {
      const look = this.lanes.look();
      const claim = {
        now: this.clock.now(),
        lease: this.lanes.lease(),
        holder: this.presence.holder,
        rooms: new Map([...look].map(([id, { room }]) => [id, room])),
        room: FIRST_ROOM,
        limit: CLAIM_LIMIT,
      };
      const claimed = await claimDue(this.db, claim).catch((error: unknown) => {
        this.lanes.lookFailed();
        throw error;
      });
      const isAll = claimed.length < CLAIM_LIMIT;
      this.lanes.looked(look, claimed, { room: FIRST_ROOM, isAll });
      if (isAll) return;
    }
  }
}
