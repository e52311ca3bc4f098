import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, newId } from '@latchkey/core';
import { GuardedClient, OutboundError, type OutboundResponse } from '@latchkey/http';
import { RateLimited, RateLimits } from '@latchkey/state';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../config.js';
import { retryDelayMs } from './deliveries.schedule.js';
import { signatureHeaders } from './deliveries.signature.js';
import { STATUS, type AttemptResult, type Outgoing } from './deliveries.queries.js';
import type { Target } from './deliveries.targets.js';

/** How long a receiver may take, in milliseconds. */
export const TIMEOUT_MS = 15_000;
/** How much of an answer's body is kept. */
const RESPONSE_BYTES = 8 * 1024;
const USER_AGENT = 'Latchkey-Webhooks/1.0';

/** Sends one message to one endpoint. */
@Injectable()
export class DeliverySender implements OnApplicationShutdown {
  private readonly client: GuardedClient;

  constructor(
    @Inject(WEBHOOKS_CONFIG) config: WebhooksConfig,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
  ) {
    this.client = new GuardedClient({
      allow: config.WEBHOOKS_ALLOWED_TARGETS,
      deadlineMs: TIMEOUT_MS,
      headersTimeoutMs: TIMEOUT_MS,
      bodyTimeoutMs: TIMEOUT_MS,
      maxResponseBytes: RESPONSE_BYTES,
      // Endpoints may share an origin; how many calls an endpoint gets at once is up to its lane.
      connectionsPerOrigin: config.WEBHOOKS_MAX_IN_FLIGHT,
    });
  }

  /** Whether the rate limits of the endpoint and its application leave room for one more message now. Counts it if so. */
  async mayProceed(target: Target): Promise<boolean> {
    const limits: [string, number | null][] = [
      [target.id, target.throttleRate],
      [target.applicationId, target.applicationThrottleRate],
    ];
    try {
      for (const [key, limit] of limits) {
        if (limit !== null)
          await this.limits.consume({ name: `webhooks.throttle.${limit}`, limit, windowMs: 1000 }, key);
      }
      return true;
    } catch (error) {
      if (error instanceof RateLimited) return false;
      throw error;
    }
  }

  /** Makes an attempt. Whatever happens on the way is its outcome; nothing is thrown. */
  async attempt(delivery: Outgoing, payload: string, target: Target): Promise<AttemptResult> {
    const at = this.clock.now();
    const keys = target.keys.filter(({ expiresAt }) => !expiresAt || expiresAt > at).map(({ key }) => key);
    const started = performance.now();
    const answer = await this.client
      .request({
        url: target.url,
        method: 'POST',
        headers: {
          'user-agent': USER_AGENT,
          ...target.headers,
          'content-type': delivery.contentType ?? 'application/json',
          ...signatureHeaders({ id: delivery.messageId, at, body: payload }, keys),
        },
        body: payload,
        onOversize: 'truncate',
      })
      .catch((error: unknown) => error as OutboundError);
    const durationMs = Math.round(performance.now() - started);
    return { id: newId('attempt', at), delivery, url: target.url, durationMs, at, ...this.outcome(delivery, answer) };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  private outcome(delivery: Outgoing, answer: OutboundResponse | OutboundError) {
    if (answer instanceof Error)
      return { ...this.failed(delivery), responseStatus: 0, response: storable(answer.message) };
    const isSuccess = answer.status >= 200 && answer.status < 300;
    const response = storable(answer.body.toString('utf8'));
    const isAborted = answer.headers['webhook-delivery'] === 'abort-message';
    const settled = (status: number) => ({ status, nextStatus: status, nextAttemptAt: null });
    const next = isSuccess ? settled(STATUS.success) : isAborted ? settled(STATUS.fail) : this.failed(delivery);
    return { ...next, responseStatus: answer.status, response };
  }

  private failed(delivery: Outgoing) {
    const delay = retryDelayMs(delivery.attempts + 1);
    return {
      status: STATUS.fail,
      nextStatus: delay === null ? STATUS.fail : STATUS.pending,
      nextAttemptAt: delay === null ? null : new Date(this.clock.now().getTime() + delay),
    };
  }
}

/** Postgres takes no NUL in text, and no half of a surrogate pair in JSON. */
const storable = (text: string) => text.slice(0, RESPONSE_BYTES).replaceAll('\0', '').toWellFormed();
