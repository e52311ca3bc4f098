import { transaction } from '@latchkey/db';
import type { LatchkeyEvent } from '@latchkey/contracts';

/** The part of a transaction in which a consumer notes what it has done. */
export interface InboxTx {
  $queryRawUnsafe<Rows>(sql: string, ...values: unknown[]): Promise<Rows>;
}

/** A consumer's database. */
export interface InboxDb<Tx extends InboxTx = InboxTx> {
  $transaction<R>(work: (tx: Tx) => Promise<R>, options?: { maxWait?: number; timeout?: number }): Promise<R>;
}

/**
 * ON CONFLICT DO NOTHING: after a caught unique violation Postgres would refuse every later statement.
 * The time of the claim, not of the event: by it old claims are removed, and an old event may have come only now.
 */
const CLAIM = `
  INSERT INTO inbox (consumer, event_id, created_at) SELECT $1, id, $3::timestamptz FROM unnest($2::text[]) AS id
  ON CONFLICT DO NOTHING RETURNING event_id AS "eventId"`;

/**
 * Runs `handle` with those of the events that the consumer has not handled yet, if there are any: at most once per consumer and event,
 * for the claim and the handler's writes commit together. All of them are handled, or none.
 */
export async function once<Tx extends InboxTx>(
  db: InboxDb<Tx>,
  consumer: string,
  events: readonly LatchkeyEvent[],
  now: Date,
  handle: (fresh: LatchkeyEvent[], tx: Tx) => Promise<void>,
): Promise<void> {
  await transaction(db, async (tx) => {
    const ids = events.map(({ id }) => id);
    const claimed = await tx.$queryRawUnsafe<{ eventId: string }[]>(CLAIM, consumer, ids, now.toISOString());
    const left = new Set(claimed.map(({ eventId }) => eventId));
    // Taken out, for one may be among them twice.
    const fresh = events.filter(({ id }) => left.delete(id));
    if (fresh.length > 0) await handle(fresh, tx);
  });
}
