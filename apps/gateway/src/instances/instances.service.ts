import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { InstanceInfo, InstanceSelector } from '@latchkey/clients';
import { IdentityClient } from '@latchkey/clients';
import { hashSecret } from '@latchkey/core';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { GuessesService } from '../limits/guesses.service.js';

/** How late the gateway learns of a changed setting or a revoked key. */
const FRESH_MS = 5_000;
/** How long an instance that was found is still used while identity does not answer. */
const STALE_MS = 3_600_000;
/** How long callers wait for identity when there is an instance to go on with: what hangs must not hold up what is known. */
const PATIENCE_MS = 1_000;

/** How long a host or key that no instance has is taken for one: how late the gateway learns of a new instance. */
const UNKNOWN_MS = 1_000;

/** Who asks. */
export interface Asker {
  requestId: string;
  ipAddress: string;
}

/** Who sent a request. */
export const askerOf = ({ id, ip }: FastifyRequest): Asker => ({ requestId: id, ipAddress: ip });

interface Found {
  instance: InstanceInfo;
  at: number;
}

interface Question {
  answer: Promise<InstanceInfo | null>;
  since: number;
}

/** The instances behind hosts and keys, remembered for a few seconds. */
@Injectable()
export class InstancesService {
  private readonly found = new LRUCache<string, Found>({ max: 10_000 });
  /** Apart: guesses must not push out what is true. */
  private readonly unknown = new LRUCache<string, true>({ max: 10_000, ttl: UNKNOWN_MS });
  private readonly asking = new Map<string, Question>();

  constructor(
    private readonly identity: IdentityClient,
    private readonly guesses: GuessesService,
  ) {}

  /**
   * The instance at a host; one that was found without its port counts, for behind a TLS terminator ports differ.
   *
   * @throws RateLimited when the address has named too many hosts and keys of no instance
   */
  byHost(host: string, asker: Asker): Promise<InstanceInfo | null> {
    const name = host.toLowerCase().replace(/:(80|443)$/, '');
    const bare = name.replace(/:\d+$/, '');
    return this.first(bare === name ? [{ host: name }] : [{ host: name }, { host: bare }], asker);
  }

  /**
   * The instance that a secret key opens.
   *
   * @throws RateLimited when the address has named too many hosts and keys of no instance
   */
  bySecretKey(key: string, asker: Asker): Promise<InstanceInfo | null> {
    return this.first([{ secret_key_hash: hashSecret(key) }], asker);
  }

  /** Makes the next question about an instance one to identity. */
  forget(instanceId: string): void {
    for (const [key, { instance }] of this.found.entries()) if (instance.id === instanceId) this.found.delete(key);
  }

  /** The first that there is. Only who names none has guessed, and who names what is known is never refused. */
  private async first(selectors: InstanceSelector[], asker: Asker): Promise<InstanceInfo | null> {
    if (!selectors.some((selector) => this.found.has(keyOf(selector)))) this.guesses.require(asker.ipAddress);
    for (const selector of selectors) {
      const instance = await this.find(selector, asker.requestId);
      if (instance) return instance;
    }
    await this.guesses.count(asker.ipAddress);
    return null;
  }

  private async find(selector: InstanceSelector, requestId: string): Promise<InstanceInfo | null> {
    const key = keyOf(selector);
    const known = this.found.get(key);
    const now = performance.now();
    if (known && now - known.at < FRESH_MS) return known.instance;
    if (this.unknown.get(key)) return null;
    const answer = this.ask(key, selector, requestId);
    if (!known || now - known.at >= STALE_MS) return answer;
    const { instance } = known;
    const answered = answer.catch(() => instance);
    const since = this.asking.get(key)?.since ?? now;
    return Promise.race([answered, wait(Math.max(0, since + PATIENCE_MS - now), instance, { ref: false })]);
  }

  /** Callers that ask at once share one question. */
  private ask(key: string, selector: InstanceSelector, requestId: string): Promise<InstanceInfo | null> {
    let asked = this.asking.get(key);
    if (!asked) {
      const answer = this.load(key, selector, requestId).finally(() => this.asking.delete(key));
      this.asking.set(key, (asked = { answer, since: performance.now() }));
    }
    return asked.answer;
  }

  private async load(key: string, selector: InstanceSelector, requestId: string): Promise<InstanceInfo | null> {
    const instance = await this.identity.resolveInstance(requestId, selector);
    if (instance) {
      this.found.set(key, { instance, at: performance.now() });
    } else {
      this.found.delete(key);
      this.unknown.set(key, true);
    }
    return instance;
  }
}

const keyOf = (selector: InstanceSelector) => Object.entries(selector).join();
