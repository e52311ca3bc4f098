import { type Clock, type SecretBox } from '@latchkey/core';
import { log } from '@latchkey/observability';
import { type MailSender, MessageRefused, type SmsSender } from './senders.js';

/** A Prisma client, as far as the worker needs it. */
export interface MailDb {
  $queryRaw<T = unknown>(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<T>;
  $executeRaw(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<number>;
}

interface Claimed {
  id: string;
  instance_id: string;
  kind: string;
  to_address: string;
  subject: string | null;
  text: string;
  html: string | null;
  payload: { from?: string; headers?: Record<string, string> };
  attempts: number;
}

/** The wait after each failure, in milliseconds: 5 s, 30 s, 2 min, 10 min, 1 h. The failure after the last is final. */
const RETRY_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000];
const MAX_ATTEMPTS = RETRY_MS.length + 1;
const BATCH = 20;
/** Longer than a sender may take. */
const LEASE_MS = 120_000;
const KEEP_MS = 7 * 86_400_000;
const PURGE_EVERY_MS = 3_600_000;

/**
 * Sends what `MailQueue` took. It claims due rows by moving their next attempt behind a lease, so that replicas share
 * the work, sends, and marks them. A process that dies between sending and marking leaves the row to be sent again when
 * the lease ends: **a mail may come twice, none is lost.** A row that fails for good keeps its last error.
 */
export class MailWorker {
  private current: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private isStopped = false;
  private purgedAt = 0;

  constructor(
    private readonly db: MailDb,
    private readonly senders: { mail: MailSender; sms: SmsSender },
    private readonly clock: Clock,
    private readonly box: SecretBox,
  ) {}

  /** Sends what is due, without the caller waiting. Called after commits; a failure is logged. */
  poke(): void {
    void this.sweep().catch((error: unknown) => log.error({ err: error }, 'the mail queue could not be read'));
  }

  /**
   * Sends all that is due, and waits for it. For a sweeper that finds what a lost `poke` left, and for tests. While a
   * sweep is under way another follows it, which all callers share: what was committed before the call is seen.
   */
  sweep(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    if (!this.current) {
      this.current = this.drain().finally(() => (this.current = undefined));
      return this.current;
    }
    this.next ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.sweep();
      });
    return this.next;
  }

  /** Claims no more, and waits for what is being sent. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.current?.catch(() => undefined);
  }

  private async drain(): Promise<void> {
    await this.purge();
    let claimed: Claimed[];
    do {
      claimed = await this.claim();
      await Promise.all(claimed.map((row) => this.deliver(row)));
    } while (claimed.length > 0 && !this.isStopped);
  }

  private async claim(): Promise<Claimed[]> {
    const now = this.clock.now();
    const leasedUntil = new Date(now.getTime() + LEASE_MS);
    return this.db.$queryRaw<Claimed[]>`
      UPDATE queued_messages SET next_attempt_at = ${leasedUntil} WHERE id IN (
        SELECT id FROM queued_messages WHERE sent_at IS NULL AND attempts < ${MAX_ATTEMPTS} AND next_attempt_at <= ${now}
        ORDER BY next_attempt_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id, instance_id, kind, to_address, subject, text, html, payload, attempts`;
  }

  private async deliver(row: Claimed): Promise<void> {
    try {
      await this.send(row);
    } catch (error) {
      return this.markFailed(row, error);
    }
    // Emptied: what it said is of use to nobody any more but a thief.
    await this.db.$executeRaw`
      UPDATE queued_messages SET sent_at = ${this.clock.now()}, subject = NULL, text = '', html = NULL, last_error = NULL
      WHERE id = ${row.id}`;
  }

  private async send(row: Claimed): Promise<void> {
    const open = (sealed: string | null) => (sealed === null ? undefined : this.box.open(sealed));
    const sender = row.kind === 'sms' ? this.senders.sms : this.senders.mail;
    await sender.send({
      id: row.id,
      instanceId: row.instance_id,
      to: row.to_address,
      subject: open(row.subject),
      text: this.box.open(row.text),
      html: open(row.html),
      ...row.payload,
    });
  }

  private async markFailed(row: Claimed, error: unknown): Promise<void> {
    const attempts = error instanceof MessageRefused ? MAX_ATTEMPTS : row.attempts + 1;
    const nextAttemptAt = new Date(this.clock.now().getTime() + (RETRY_MS[attempts - 1] ?? 0));
    const text = error instanceof Error ? error.message || error.name : String(error);
    const fields = { err: error, id: row.id, kind: row.kind, attempts };
    if (attempts >= MAX_ATTEMPTS) log.error(fields, 'a message was given up');
    else log.warn(fields, 'a message could not be sent and will be tried again');
    await this.db.$executeRaw`
      UPDATE queued_messages SET attempts = ${attempts}, next_attempt_at = ${nextAttemptAt}, last_error = ${text}
      WHERE id = ${row.id} AND sent_at IS NULL`;
  }

  /** Removes what was sent or given up a week ago. */
  private async purge(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - this.purgedAt < PURGE_EVERY_MS) return;
    this.purgedAt = now;
    const before = new Date(now - KEEP_MS);
    await this.db.$executeRaw`
      DELETE FROM queued_messages WHERE created_at < ${before} AND (sent_at IS NOT NULL OR attempts >= ${MAX_ATTEMPTS})`;
  }
}
