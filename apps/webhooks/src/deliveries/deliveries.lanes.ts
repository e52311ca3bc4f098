import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { histogram, logOf } from '@latchkey/observability';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../config.js';
import { Lane } from './deliveries.lane.js';
import { DeliveryResults } from './deliveries.results.js';
import { DeliverySender, TIMEOUT_MS } from './deliveries.sender.js';
import { DeliveryTargets, type Target } from './deliveries.targets.js';
import { STATUS, type AttemptResult, type Outgoing } from './deliveries.queries.js';

/** How long a delivery that was taken up belongs to this process. After a crash others wait no longer than this. */
export const LEASE_MS = 30_000;
/** An answer that takes longer counts as none when it is decided how much an endpoint gets at once. */
const SLOW_MS = 5_000;
const PAUSE_MS = 50;

/** How many attempts run at once while their endpoints answer quickly. More would cost connections and gain nothing. */
const QUICK_SLOTS = 64;
/** An attempt that takes longer than this no longer counts among them, so that it keeps nobody from being sent to. */
const QUICK_MS = 100;

const sending = histogram('latchkey_webhook_attempt_seconds', 'How long attempts to deliver a message took', [
  'result',
]);

const sent = { ok: sending.labels({ result: 'ok' }), failed: sending.labels({ result: 'failed' }) };

/** Sends what this process holds: one lane per endpoint, all lanes taking turns, so that none waits for another. */
@Injectable()
export class DeliveryLanes {
  /** Called when a lane whose endpoint has more waiting in the table has room again. */
  onRoom: () => void = () => undefined;
  private readonly log = logOf({ feature: 'webhooks.deliveries' });
  private readonly lanes = new Map<string, Lane>();
  /** Lanes that may have something to send, in the order of their turns. */
  private readonly turns = new Set<Lane>();
  /** When each attempt under way began, oldest first. */
  private readonly underWay = new Map<Outgoing, number>();
  /** How many of them were found to be slow, and which: those that began before this moment. */
  private slow = 0;
  private slowBefore = 0;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private idle: (() => void) | undefined;

  constructor(
    @Inject(WEBHOOKS_CONFIG) private readonly config: WebhooksConfig,
    private readonly targets: DeliveryTargets,
    private readonly sender: DeliverySender,
    private readonly results: DeliveryResults,
    private readonly clock: Clock,
  ) {
    results.onWritten = () => this.pump();
  }

  /** Until when deliveries that are taken up now belong to this process: not at all once it ends. */
  lease(): Date {
    return new Date(this.clock.now().getTime() + (this.isStopped ? 0 : LEASE_MS));
  }

  /** How many more deliveries each known endpoint may be given. */
  rooms(): Map<string, number> {
    return new Map([...this.lanes.values()].map((lane) => [lane.endpointId, this.isStopped ? 0 : lane.room]));
  }

  /** Endpoints that have no room for another delivery. */
  full(): string[] {
    if (this.results.isCongested) return [...this.lanes.keys()];
    const full: string[] = [];
    for (const lane of this.lanes.values()) if (lane.room === 0) full.push(lane.endpointId);
    return full;
  }

  /** Notes that more lies in the table for these endpoints than they had room for. */
  noteBacklog(endpointIds: Iterable<string>): void {
    for (const id of endpointIds) this.lane(id).hasBacklog = true;
  }

  /** Takes deliveries whose lease is this process's and sends them as soon as may be. */
  add(deliveries: readonly Outgoing[]): void {
    if (this.isStopped) return;
    for (const delivery of deliveries) {
      const lane = this.lane(delivery.endpointId);
      lane.queue.push(delivery);
      this.turns.add(lane);
    }
    this.pump();
  }

  /** Sends nothing more, waits `ms` for what is under way, and returns what was not sent. */
  async stop(ms: number): Promise<Outgoing[]> {
    this.isStopped = true;
    const unsent = [...this.lanes.values()].flatMap((lane) => lane.queue.splice(0));
    clearTimeout(this.timer);
    if (this.underWay.size > 0) {
      await Promise.race([
        new Promise<void>((done) => (this.idle = done)),
        new Promise((done) => setTimeout(done, ms).unref()),
      ]);
    }
    return unsent;
  }

  private lane(endpointId: string): Lane {
    let lane = this.lanes.get(endpointId);
    if (!lane) this.lanes.set(endpointId, (lane = new Lane(endpointId)));
    return lane;
  }

  private pump(): void {
    while (this.hasSlot()) {
      const [lane] = this.turns;
      if (!lane) return;
      this.turns.delete(lane);
      const delivery = performance.now() < lane.pausedUntil ? undefined : lane.take();
      if (!delivery) continue; // Its turn comes again when something of it ends.
      this.turns.add(lane);
      this.underWay.set(delivery, performance.now());
      void this.send(lane, delivery);
    }
  }

  private hasSlot(): boolean {
    if (this.isStopped || this.results.isCongested || this.underWay.size >= this.config.WEBHOOKS_MAX_IN_FLIGHT)
      return false;
    if (this.underWay.size - this.slow < QUICK_SLOTS) return true;
    // Nobody may answer for a while: look again which of them are slow.
    this.timer ??= setTimeout(() => this.countSlow(), QUICK_MS).unref();
    return false;
  }

  private countSlow(): void {
    this.timer = undefined;
    this.slow = 0;
    this.slowBefore = performance.now() - QUICK_MS;
    for (const began of this.underWay.values()) {
      if (began >= this.slowBefore) break;
      this.slow++;
    }
    this.pump();
  }

  private async send(lane: Lane, delivery: Outgoing): Promise<void> {
    let isAnswered: boolean | undefined;
    try {
      isAnswered = await this.sendOrSettle(lane, delivery);
    } catch (err) {
      // Its lease ends, and it is taken up again.
      this.log.warn({ err, message_id: delivery.messageId }, 'a delivery could not be sent');
    }
    if (this.underWay.get(delivery)! < this.slowBefore) this.slow--;
    this.underWay.delete(delivery);
    lane.done(delivery, isAnswered);
    if (lane.queue.length > 0) this.turns.add(lane);
    else if (lane.isIdle && !lane.hasBacklog) this.lanes.delete(lane.endpointId);
    if (lane.hasBacklog && lane.queue.length < lane.inFlight + 1) {
      lane.hasBacklog = false;
      this.onRoom();
    }
    if (this.underWay.size === 0) this.idle?.();
    this.pump();
  }

  /** Whether the endpoint answered in good time; undefined when nothing was sent. */
  private async sendOrSettle(lane: Lane, delivery: Outgoing): Promise<boolean | undefined> {
    // It has waited too long here: by the time of an answer it could be somebody else's.
    if (delivery.lease.getTime() - this.clock.now().getTime() < TIMEOUT_MS + 1_000) return undefined;
    const target = await this.targets.find(delivery.instanceId, delivery.endpointId, delivery.revision);
    if (!target || target.isDisabled) return void this.results.settle(delivery, STATUS.canceled);
    if (delivery.payload === null) return void this.results.settle(delivery, STATUS.fail);
    if (!(await this.mayProceed(lane, delivery, target))) return undefined;
    const result = await this.sender.attempt(delivery, delivery.payload, target);
    this.results.add(result, target);
    this.observe(result);
    return result.responseStatus > 0 && result.durationMs < SLOW_MS;
  }

  /** Puts the delivery back and the lane to sleep when a rate limit is reached. */
  private async mayProceed(lane: Lane, delivery: Outgoing, target: Target): Promise<boolean> {
    if (target.throttleRate === null && target.applicationThrottleRate === null) return true;
    if (await this.sender.mayProceed(target)) return true;
    lane.queue.unshift(delivery);
    lane.pausedUntil = performance.now() + PAUSE_MS;
    setTimeout(() => (this.turns.add(lane), this.pump()), PAUSE_MS + 1).unref();
    return false;
  }

  private observe(result: AttemptResult): void {
    (result.status === STATUS.success ? sent.ok : sent.failed).observe(result.durationMs / 1000);
  }
}
