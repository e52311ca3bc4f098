import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, hashSecret, newSecret, SecretBox } from '@latchkey/core';
import { Sweepers } from '@latchkey/jobs';
import { SharedState } from '@latchkey/state';
import { IdentityDb } from '../db.js';
import { handshakeNotFound } from './handshakes.errors.js';

const LIFETIME_MS = 60_000;
const SWEEP_EVERY_MS = 300_000;

/**
 * The cookies of handshakes that are too large to travel by themselves, under a nonce. It can be read again for a minute:
 * all requests of one page may carry it. Shared state answers, and the table when shared state has lost them.
 */
@Injectable()
export class HandshakePayloadsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly state: SharedState,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    sweepers: Sweepers,
  ) {
    sweepers.every('identity.handshakes', SWEEP_EVERY_MS, () => this.sweep());
  }

  /** Keeps the directives. @returns the nonce */
  async keep(ctx: RequestContext, directives: string[]): Promise<string> {
    const { plain, hash } = newSecret();
    const sealed = this.box.seal(JSON.stringify(directives));
    const expireAt = new Date(this.clock.now().getTime() + LIFETIME_MS);
    await this.db.handshake.create({
      data: { nonceHash: hash, instanceId: ctx.instanceId, directives: sealed, expireAt },
    });
    await this.state.set(key(ctx, hash), sealed, LIFETIME_MS);
    return plain;
  }

  /** The directives of a nonce. @throws `resource_not_found` (404) when it is unknown or over */
  async read(ctx: RequestContext, nonce: string): Promise<string[]> {
    const nonceHash = hashSecret(nonce);
    const sealed = (await this.state.get(key(ctx, nonceHash))) ?? (await this.fromTable(ctx, nonceHash));
    if (!sealed) throw handshakeNotFound();
    return JSON.parse(this.box.open(sealed)) as string[];
  }

  /** Forgets what nobody may read any more. */
  async sweep(): Promise<void> {
    // Across all instances: the raw statement says so.
    await this.db.$executeRaw`DELETE FROM handshakes WHERE expire_at <= ${this.clock.now()}`;
  }

  private async fromTable(ctx: RequestContext, nonceHash: string): Promise<string | undefined> {
    const row = await this.db.handshake.findFirst({
      where: { nonceHash, instanceId: ctx.instanceId, expireAt: { gt: this.clock.now() } },
    });
    return row?.directives;
  }
}

const key = (ctx: RequestContext, hash: string) => `handshake:${ctx.instanceId}:${hash}`;
