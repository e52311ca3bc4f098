import { Injectable } from '@nestjs/common';
import type { InstanceInfo, InstanceSelector } from '@latchkey/clients';
import { IdentityClient } from '@latchkey/clients';
import { hashSecret } from '@latchkey/core';
import { LRUCache } from 'lru-cache';

/** How late the gateway learns of a changed setting or a revoked key. */
const FRESH_MS = 5_000;
/** How long an instance that was found is still used while identity does not answer. */
const STALE_MS = 3_600_000;

interface Found {
  instance: InstanceInfo | null;
  at: number;
}

/** The instances behind hosts and keys, remembered for a few seconds. */
@Injectable()
export class InstancesService {
  private readonly found = new LRUCache<string, Found>({ max: 10_000 });
  private readonly asking = new Map<string, Promise<InstanceInfo | null>>();

  constructor(private readonly identity: IdentityClient) {}

  /** The instance at a host; one that was found without its port counts, for behind a TLS terminator ports differ. */
  async byHost(host: string, requestId: string): Promise<InstanceInfo | null> {
    const name = host.toLowerCase().replace(/:(80|443)$/, '');
    const exact = await this.find({ host: name }, requestId);
    const bare = name.replace(/:\d+$/, '');
    return exact ?? (bare === name ? null : this.find({ host: bare }, requestId));
  }

  /** The instance that a secret key opens. */
  bySecretKey(key: string, requestId: string): Promise<InstanceInfo | null> {
    return this.find({ secret_key_hash: hashSecret(key) }, requestId);
  }

  /** Makes the next question about an instance one to identity. */
  forget(instanceId: string): void {
    for (const [key, { instance }] of this.found.entries()) if (instance?.id === instanceId) this.found.delete(key);
  }

  private async find(selector: InstanceSelector, requestId: string): Promise<InstanceInfo | null> {
    const key = Object.entries(selector).join();
    const known = this.found.get(key);
    const now = performance.now();
    if (known && now - known.at < FRESH_MS) return known.instance;
    try {
      return await this.ask(key, selector, requestId);
    } catch (error) {
      if (known?.instance && now - known.at < STALE_MS) return known.instance;
      throw error;
    }
  }

  /** Callers that ask at once share one question. */
  private ask(key: string, selector: InstanceSelector, requestId: string): Promise<InstanceInfo | null> {
    let asked = this.asking.get(key);
    if (!asked) {
      asked = this.load(key, selector, requestId).finally(() => this.asking.delete(key));
      this.asking.set(key, asked);
    }
    return asked;
  }

  private async load(key: string, selector: InstanceSelector, requestId: string): Promise<InstanceInfo | null> {
    const instance = await this.identity.resolveInstance(requestId, selector);
    // Guesses are not remembered: they would push out what is true.
    if (instance) this.found.set(key, { instance, at: performance.now() });
    else this.found.delete(key);
    return instance;
  }
}
