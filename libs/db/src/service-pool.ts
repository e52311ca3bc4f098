import { AsyncLocalStorage } from 'node:async_hooks';
import { Pool } from 'pg';
import { z } from 'zod';
import { Turns } from './turns.js';

/** How long a transaction waits for its turn. A busy machine may keep it longer than Prisma's two seconds. */
export const MAX_WAIT_MS = 10_000;
/** Connections that transactions leave to reads. */
const LEFT_TO_READS = 2;
/** Fewer connections than this leave none to transactions. */
export const MIN_POOL_SIZE = LEFT_TO_READS + 1;

/** A service's setting: most connections to its database that a process opens. */
export const PoolSize = z.coerce
  .number()
  .int()
  .min(
    MIN_POOL_SIZE,
    `must be ${MIN_POOL_SIZE} or more: ${LEFT_TO_READS} connections are left to reads beside transactions`,
  );

/** The pools of which the running code holds a connection for a transaction; there is none while nobody watches. */
let held: AsyncLocalStorage<ReadonlySet<ServicePool>> | undefined;

/**
 * From now on a transaction that asks its own pool for a second connection gets an error, but for what `aside` reads: it would not
 * see its own writes, and asks twice as much of the pool. A second transaction inside one could even wait for itself. For tests.
 */
export function refuseSecondConnections(): void {
  held ??= new AsyncLocalStorage();
}

/**
 * Runs a read that a transaction may wait for although it is none of its own: what a cache keeps for everybody. It finds a connection,
 * for transactions never hold all of them; so it must be short, and wait for no row.
 */
export function aside<R>(read: () => R): R {
  return held ? held.exit(read) : read();
}

/** The connections of a service to its database. */
export class ServicePool extends Pool {
  private readonly turns: Turns;

  /** @throws when `size` is less than `MIN_POOL_SIZE` */
  constructor(url: string, size: number) {
    if (size < MIN_POOL_SIZE) throw new Error(`a pool needs at least ${MIN_POOL_SIZE} connections, not ${size}`);
    super({ connectionString: url, max: size });
    this.turns = new Turns(size - LEFT_TO_READS, MAX_WAIT_MS);
    // A connection that breaks while nobody uses it is no loss: the next query gets another.
    this.on('error', () => undefined);
  }

  /**
   * Runs `begin`, which begins a transaction, when its turn has come. There are fewer turns than connections: what a transaction reads
   * beside itself (see `aside`) finds a connection also while all the others wait for a row that it holds.
   */
  inTurn<R>(begin: () => Promise<R>): Promise<R> {
    return this.turns.run(begin);
  }

  /** Runs the work of a transaction. */
  holding<R>(work: () => Promise<R>): Promise<R> {
    return held ? held.run(new Set(held.getStore()).add(this), work) : work();
  }

  /**
   * Runs a query, with which Prisma may wait for others of the same moment and then ask for all of them as whoever was first: so its
   * caller is looked at here.
   *
   * @param isOfTransaction it goes through the connection of a transaction
   */
  gathered<R>(isOfTransaction: boolean, query: () => Promise<R>): Promise<R> {
    if (!held) return query();
    if (!isOfTransaction && held.getStore()?.has(this)) return Promise.reject(secondConnection());
    // Prisma begins when it is asked for the outcome.
    return held.exit(() => query().then((outcome) => outcome));
  }

  override connect(...args: unknown[]): never {
    if (held?.getStore()?.has(this)) {
      const [callback] = args as [((error: Error) => void)?];
      return (callback ? callback(secondConnection()) : Promise.reject(secondConnection())) as never;
    }
    return (super.connect as (...all: unknown[]) => never)(...args);
  }
}

const secondConnection = () =>
  new Error('a transaction asks for a second connection: read through its `tx`, or `aside` for a cache');

const pools = new WeakMap<object, ServicePool>();

/** Notes which pool a client has been made with. */
export function setPool(db: object, pool: ServicePool): void {
  pools.set(db, pool);
}

/** The connections behind a client of `createDb`; undefined for others. */
export const poolOf = (db: object): ServicePool | undefined => pools.get(db);
