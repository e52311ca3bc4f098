import { transaction } from '@latchkey/db';
import type { LatchkeyEvent } from '@latchkey/contracts';

/** The part of a transaction in which a consumer notes what it has done. */
export interface InboxTx {
  inboxEvent: {
    createMany(args: {
      data: { consumer: string; eventId: string; createdAt: Date }[];
      skipDuplicates: boolean;
    }): Promise<{ count: number }>;
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
