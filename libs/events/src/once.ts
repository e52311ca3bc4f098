import { transaction } from '@latchkey/db';
import type { LatchkeyEvent } from '@latchkey/contracts';

/** The part of a transaction in which a consumer notes what it has done. */
export interface InboxTx {
  inboxEvent: {
    createMany(args: {
      data: { consumer: string; eventId: string; createdAt: Date }[];
      skipDuplicates: boolean;
    }): Promise<{ count: number }>;
    createManyAndReturn(args: {
      data: { consumer: string; eventId: string; createdAt: Date }[];
      skipDuplicates: boolean;
      select: { eventId: true };
    }): Promise<{ eventId: string }[]>;
  };
}

/** A consumer's database. */
export interface InboxDb<Tx extends InboxTx = InboxTx> {
  $transaction<R>(work: (tx: Tx) => Promise<R>, options?: { maxWait?: number; timeout?: number }): Promise<R>;
}

/** Runs `handle` at most once per consumer and event: the claim and the handler's writes commit together. */
export async function once<Tx extends InboxTx>(
  db: InboxDb<Tx>,
  consumer: string,
  event: Pick<LatchkeyEvent, 'id'>,
  now: Date,
  handle: (tx: Tx) => Promise<void>,
): Promise<void> {
  await transaction(db, async (tx) => {
    // ON CONFLICT DO NOTHING: after a caught unique violation Postgres would refuse every later statement.
    // The time of the claim, not of the event: by it old claims are removed, and an old event may have come only now.
    const claim = { consumer, eventId: event.id, createdAt: now };
    const { count } = await tx.inboxEvent.createMany({ data: [claim], skipDuplicates: true });
    if (count === 1) await handle(tx);
  });
}

/** Like `once` for many events in one transaction: all of them are handled, or none. */
export async function onceAll<Tx extends InboxTx>(
  db: InboxDb<Tx>,
  consumer: string,
  events: readonly LatchkeyEvent[],
  now: Date,
  handle: (event: LatchkeyEvent, tx: Tx) => Promise<void>,
): Promise<void> {
  await transaction(db, async (tx) => {
    const data = events.map(({ id }) => ({ consumer, eventId: id, createdAt: now }));
    const claimed = await tx.inboxEvent.createManyAndReturn({ data, skipDuplicates: true, select: { eventId: true } });
    const fresh = new Set(claimed.map(({ eventId }) => eventId));
    // Taken out, for one may be among them twice.
    for (const event of events) if (fresh.delete(event.id)) await handle(event, tx);
  });
}
