import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '@latchkey/core';
import { LRUCache } from 'lru-cache';
import { WebhooksDb } from '../db.js';
import { openHeaders } from './deliveries.headers.js';
import type { Health } from './deliveries.schedule.js';
import { signingKey } from './deliveries.signature.js';

/** An endpoint as the sender needs it. */
export interface Target extends Health {
  id: string;
  instanceId: string;
  applicationId: string;
  applicationUid: string | null;
  uid: string | null;
  url: string;
  headers: Record<string, string>;
  isDisabled: boolean;
  throttleRate: number | null;
  applicationThrottleRate: number | null;
  revision: number;
  keys: { key: KeyObject; expiresAt: Date | null }[];
}

/** Endpoints with their opened secrets. Whoever asks names the revision that its row had, so no entry is ever too old. */
@Injectable()
export class DeliveryTargets {
  private readonly cache = new LRUCache<string, Target>({ max: 5_000 });
  private readonly loads = new Map<string, Promise<Target | null>>();

  constructor(
    private readonly db: WebhooksDb,
    private readonly box: SecretBox,
  ) {}

  /** The endpoint in this revision or a later one; null when it is gone. */
  async find(instanceId: string, endpointId: string, revision: number): Promise<Target | null> {
    const cached = this.cache.get(endpointId);
    if (cached && cached.revision >= revision) return cached;
    const key = `${endpointId}:${revision}`;
    let load = this.loads.get(key);
    if (!load) {
      load = this.load(instanceId, endpointId).finally(() => this.loads.delete(key));
      this.loads.set(key, load);
    }
    return load;
  }

  /** Makes the next `find` look into the table. */
  forget(endpointId: string): void {
    this.cache.delete(endpointId);
  }

  private async load(instanceId: string, endpointId: string): Promise<Target | null> {
    const row = await this.db.endpoint.findUnique({
      where: { id: endpointId, instanceId },
      include: { secrets: { orderBy: { createdAt: 'desc' } }, application: true },
    });
    if (!row) return null;
    const target: Target = {
      id: row.id,
      instanceId: row.instanceId,
      applicationId: row.applicationId,
      applicationUid: row.application.uid,
      uid: row.uid,
      url: row.url,
      headers: openHeaders(this.box, row),
      isDisabled: row.isDisabled,
      throttleRate: row.throttleRate,
      applicationThrottleRate: row.application.throttleRate,
      revision: row.revision,
      firstFailureAt: row.firstFailureAt,
      failingSince: row.failingSince,
      keys: row.secrets.map(({ sealed, expiresAt }) => ({ key: signingKey(this.box.open(sealed)), expiresAt })),
    };
    this.cache.set(endpointId, target);
    return target;
  }
}
