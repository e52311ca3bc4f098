import { setTimeout as delay } from 'node:timers/promises';
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
/** With more than this waiting for endpoints that take it quickly, whoever brings more waits, but not for long. */
const CROWD = 1_000;
const CROWD_POLL_MS = 5;
const CROWD_MS = 500;

/** How many attempts run at once while their endpoints answer quickly. More would cost connections and gain nothing. */
const QUICK_SLOTS = 64;
/** An attempt that takes longer than this no longer counts among them, so that it keeps nobody from being sent to. */
const QUICK_MS = 100;

const sending = histogram('latchkey_webhook_attempt_seconds', 'How long attempts to deliver a message took', [
  'result',
]);

const sent = { ok: sending.labels({ result: 'ok' }), failed: sending.labels({ result: 'failed' }) };

/** How many deliveries each endpoint had room for when somebody looked, and how often it had been noted until then that it has a backlog. */
export type Look = Map<string, { room: number; notes: number }>;

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
    results.onWritten = (released) => {
      this.noteBacklog(released);
      this.pump();
    };
  }

  /** Until when deliveries that are taken up now belong to this process: not at all once it ends. */
  lease(): Date {
    return new Date(this.clock.now().getTime() + (this.isStopped ? 0 : LEASE_MS));
  }

  /** What this process has room for, for somebody who looks for more. */
  look(): Look {
    const look: Look = new Map();
    for (const lane of this.lanes.values())
      look.set(lane.endpointId, { room: this.isStopped ? 0 : lane.room, notes: lane.notes });
    return look;
  }

  /**
   * Takes what was found for `look`, and notes of which endpoints there is more in the table.
   *
   * @param room how many an endpoint got that `look` does not know
   * @param isAll whether everything was found that there is room for
   */
  looked(look: Look, found: readonly Outgoing[], { room, isAll }: { room: number; isAll: boolean }): void {
    const counts = new Map<string, number>();
    for (const { endpointId } of found) counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1);
    for (const [id, count] of counts) if (count >= (look.get(id)?.room ?? room)) this.lane(id).noteBacklog();
    if (isAll) {
      for (const [id, had] of look) if ((counts.get(id) ?? 0) < had.room) this.lanes.get(id)?.clearBacklog(had.notes);
    }
    this.add(found);
    for (const lane of this.lanes.values()) {
      lane.isAsked = false;
      this.settled(lane);
    }
  }

  /** Notes that nothing could be found out about what lies in the table. */
  lookFailed(): void {
    for (const lane of this.lanes.values()) lane.isAsked = false;
  }

  /** Endpoints whose deliveries are to lie in the table for now. */
  full(): string[] {
    if (this.results.isCongested) return [...this.lanes.keys()];
    const full: string[] = [];
    for (const lane of this.lanes.values()) if (lane.isFull) full.push(lane.endpointId);
    return full;
  }

  /** Notes that something lies in the table for these endpoints. */
  noteBacklog(endpointIds: Iterable<string>): void {
    for (const id of endpointIds) {
      const lane = this.lane(id);
      lane.noteBacklog();
      this.settled(lane);
    }
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

  /**
   * Resolves when little waits for those endpoints that take it quickly: it is this process then that is slow, and what is brought meanwhile
   * would only go through the table. Nobody waits for a slow endpoint, nor for one that lags behind.
   */
  async untilCalm(): Promise<void> {
    const end = performance.now() + CROWD_MS;
    while (this.isCrowded() && performance.now() < end) await delay(CROWD_POLL_MS);
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

  private isCrowded(): boolean {
    let crowd = 0;
    for (const lane of this.lanes.values()) {
      if (lane.isCrowded) return true;
      if (lane.isSwift) crowd += lane.queue.length;
    }
    return crowd > CROWD;
  }

  /** Asks for more of what lies in the table, or forgets the lane when there is nothing. */
  private settled(lane: Lane): void {
    if (lane.wantsMore) {
      lane.isAsked = true;
      this.onRoom();
    } else if (lane.isIdle && !lane.hasBacklog) {
      this.lanes.delete(lane.endpointId);
    }
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
    const began = this.underWay.get(delivery)!;
    if (began < this.slowBefore) this.slow--;
    this.underWay.delete(delivery);
    lane.done(delivery, isAnswered, performance.now() - began);
    if (lane.queue.length > 0) this.turns.add(lane);
    this.settled(lane);
    if (this.underWay.size === 0) this.idle?.();
    this.pump();
  }

  /** Whether the endpoint answered in good time; undefined when nothing was sent. */
  private async sendOrSettle(lane: Lane, delivery: Outgoing): Promise<boolean | undefined> {
    // It has waited too long here: by the time of an answer it could be somebody else's.
    if (delivery.lease.getTime() - this.clock.now().getTime() < TIMEOUT_MS + 1_000)
      return void this.results.release(delivery);
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
