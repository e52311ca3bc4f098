import type { ApiError } from '@latchkey/core';
import { MAX_WAIT_MS, poolOf } from './service-pool.js';

/** A Prisma client, as far as transactions need it. */
export interface TransactionalDb<Tx> {
  $transaction<R>(work: (tx: Tx) => Promise<R>, options?: { maxWait?: number; timeout?: number }): Promise<R>;
}

/** How a transaction's failures are told. */
export interface TransactionOptions {
  /** By name of a unique index: the error that a caller gets when its value is taken. */
  taken?: Record<string, () => ApiError>;
}

const afterCommits = new WeakMap<object, Set<AfterCommit>>();

/** Work that follows a commit; its promise is waited for before the caller of the transaction goes on. */
type AfterCommit = () => void | Promise<void>;

/**
 * Runs `work` once the transaction has committed and before its caller goes on; not at all when it fails.
 * The same function is run once. It must not throw: what was committed cannot be taken back.
 */
export function afterCommit(tx: object, work: AfterCommit): void {
  const works = afterCommits.get(tx) ?? new Set();
  afterCommits.set(tx, works.add(work));
}

/** How often work is run again that lost to another transaction, each waiting for what the other held. */
const MAX_DEADLOCKS = 3;

/**
 * Runs `work` in one database transaction: all of its writes become visible, or none. Postgres ends one of two transactions that
 * wait for each other; that one is run again, so `work` must not change anything but the database.
 *
 * @throws the `taken` error whose index refused a value; anything else as it was thrown
 */
export async function transaction<Tx extends object, R>(
  db: TransactionalDb<Tx>,
  work: (tx: Tx) => Promise<R>,
  options: TransactionOptions = {},
): Promise<R> {
  for (let lost = 0; ; lost++) {
    try {
      return await once(db, work, options);
    } catch (error) {
      if (lost === MAX_DEADLOCKS || !isDeadlock(error)) throw error;
    }
  }
}

async function once<Tx extends object, R>(
  db: TransactionalDb<Tx>,
  work: (tx: Tx) => Promise<R>,
  options: TransactionOptions,
): Promise<R> {
  const pool = poolOf(db);
  let done: Set<AfterCommit> | undefined;
  const begin = () =>
    db.$transaction(
      async (tx) => {
        const value = await (pool ? pool.holding(() => work(tx)) : work(tx));
        done = afterCommits.get(tx);
        return value;
      },
      { maxWait: MAX_WAIT_MS, timeout: 20_000 },
    );
  const running = pool ? pool.inTurn(begin) : begin();
  const result = await running.catch((error: unknown) => {
    const taken = options.taken?.[takenIndex(error) ?? ''];
    throw taken ? taken() : error;
  });
  if (done) await Promise.all([...done].map(async (run) => run()));
  return result;
}

/** Whether Postgres has ended this transaction or statement in favour of another (40P01, 40001; Prisma P2034, or P2010 for raw SQL): it may be run again. */
export function isDeadlock(error: unknown): boolean {
  if (isKnownRequestError(error, 'P2034')) return true;
  const { originalCode } = (isKnownRequestError(error, 'P2010') && error.meta?.driverAdapterError?.cause) || {};
  return ['40P01', '40001'].some((code) => originalCode === code || isKnownRequestError(error, code));
}

/** The name of the unique index that refused a write, when that is what `error` says. */
export function takenIndex(error: unknown): string | undefined {
  if (!isKnownRequestError(error, 'P2002')) return undefined;
  const cause = error.meta?.driverAdapterError?.cause;
  return cause?.constraint?.index;
}

/** Whether `error` says that the row to change does not exist (Prisma P2025). */
export function isMissingRow(error: unknown): boolean {
  return isKnownRequestError(error, 'P2025');
}

interface KnownRequestError {
  code: string;
  meta?: { driverAdapterError?: { cause?: { constraint?: { index?: string }; originalCode?: string } } };
}

function isKnownRequestError(error: unknown, code: string): error is KnownRequestError {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

/** Codes of Prisma, Postgres (SQLSTATE) and Node that say that the server is away, restarting, or out of resources. */
const UNAVAILABLE_CODE =
  /^(P1001|P1002|P1008|P1017|P2024|P2037|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|57P0[1-3]|53[0-9A-Z]{3}|08[0-9A-Z]{3})$/;

/** What errors without a code say. Words only: a number may be part of a value that the message quotes. */
const UNAVAILABLE_MESSAGE =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|Connection terminated|connection timeout|closed the connection|not queryable|timeout exceeded when trying to connect|terminating connection|database system is (starting up|shutting down|in recovery)|not currently accepting connections|Unable to start a transaction/;

/** Whether `error` says that the database is away or restarting, so that the same work may succeed a little later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (
    let at = error;
    at instanceof Error || (typeof at === 'object' && at !== null);
    at = (at as { cause?: unknown }).cause
  ) {
    const { code, originalCode, message, meta } = at as {
      code?: unknown;
      originalCode?: unknown;
      message?: unknown;
      meta?: { driverAdapterError?: { cause?: unknown } };
    };
    // Another service that does not answer may say why in the same words: it is not the database that is away.
    if ((at as { name?: unknown }).name === 'ServiceUnavailable') return false;
    if ([code, originalCode].some((text) => typeof text === 'string' && UNAVAILABLE_CODE.test(text))) return true;
    if (typeof message === 'string' && UNAVAILABLE_MESSAGE.test(message)) return true;
    if (meta?.driverAdapterError && isDatabaseUnavailable(meta.driverAdapterError)) return true;
  }
  return false;
}
