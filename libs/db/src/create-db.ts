import { PrismaPg } from '@prisma/adapter-pg';
import type { Clock } from '@latchkey/core';
import { poolOf, ServicePool, setPool } from './service-pool.js';

/** What the generated client of a service is made with. */
export interface DbOptions {
  url: string;
  clock: Clock;
  /** Most connections that this process opens, `MIN_POOL_SIZE` or more. */
  poolSize?: number;
  /** Models without an `instanceId`: what stands above instances. The tables of our libraries need not be named. */
  unscoped?: readonly string[];
}

interface QueryCall {
  /** Undefined of raw SQL, which names the instance and its times itself. */
  model: string | undefined;
  operation: string;
  args: { where?: object; data?: unknown; create?: object; update?: object };
  query: (args: unknown) => Promise<unknown>;
  __internalParams: { transaction?: object };
}

interface ExtendableClient {
  $extends(extension: object): unknown;
}

/** Tables that a library works on for all instances at once, with times of its own. */
const LIBRARY_MODELS = new Set(['OutboxEvent', 'InboxEvent', 'DeadLetter', 'QueuedMessage']);

const READS_BY_FILTER = new Set([
  'findUnique', 'findUniqueOrThrow', 'findFirst', 'findFirstOrThrow', 'findMany', 'count', 'aggregate', 'groupBy',
  'update', 'updateMany', 'updateManyAndReturn', 'delete', 'deleteMany', 'upsert',
]); // prettier-ignore

/**
 * Makes a service's Prisma client, with the two rules that every query keeps:
 * a query on a table of an instance's rows names the instance, and times come from the clock.
 *
 * @param Client the generated class
 * @returns the client; it is typed as the class, so that features see an ordinary Prisma client
 */
export function createDb<C>(Client: new (options: { adapter: PrismaPg }) => C, options: DbOptions): C {
  const pool = new ServicePool(options.url, options.poolSize ?? 10);
  const adapter = new PrismaPg(
    pool,
    // Named statements are prepared once per connection and skip planning afterwards (`components.md` has the figures).
    { statementNameGenerator: ({ sql }) => statementName(sql), disposeExternalPool: true },
  );
  const client = new Client({ adapter }) as C & ExtendableClient;
  const unscoped = new Set(options.unscoped ?? []);
  const db = client.$extends({
    query: {
      $allOperations: ({ model, operation, args, query, __internalParams: { transaction } }: QueryCall) => {
        const run = (given: QueryCall['args']) => pool.gathered(transaction !== undefined, () => query(given));
        if (model === undefined || LIBRARY_MODELS.has(model)) return run(args);
        if (!unscoped.has(model)) requireInstance(model, operation, args);
        return run(withTimes(operation, args, options.clock.now()));
      },
    },
  }) as C & object;
  setPool(db, pool);
  return db;
}

/** Runs a statement of which each part is given: its name, its text, its values. */
export type Run = <Row extends object>(name: string, text: string, values: unknown[]) => Promise<Row[]>;

/** Runs statements in a transaction, as Prisma does it: for those that elsewhere are `prepared`. */
export const inTransaction =
  (tx: { $queryRawUnsafe<Rows>(sql: string, ...values: unknown[]): Promise<Rows> }): Run =>
  (_name, text, values) =>
    tx.$queryRawUnsafe(text, ...values);

/** Runs statements by themselves, as `prepared` does it. */
export const byItself =
  (db: object): Run =>
  (name, text, values) =>
    prepared(db, name, text, values);

/**
 * The rows of a prepared statement, through the pool of `db` and past Prisma, whose own work costs several times the query's.
 * For the few hottest reads and writes (`npm run bench`); times are left to Postgres's driver and the instance to the statement.
 *
 * @param name the statement's own, the same text each time
 */
export async function prepared<Row extends object>(
  db: object,
  name: string,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  return (await poolOf(db)!.query<Row>({ name, text, values })).rows;
}

const MAX_NAMES = 1000;
const statementNames = new Map<string, string>();

/**
 * Begins a statement that is planned for its values at each use. A prepared one soon gets one plan for all of them, which is
 * the wrong one where they differ much: an organization of ten members and one of 100 000.
 */
export const PLANNED_ANEW = '/* planned anew */';

function statementName(sql: string): string {
  if (sql.trimStart().startsWith(PLANNED_ANEW)) return '';
  let name = statementNames.get(sql);
  // Statements whose text varies (lists of any length) would fill the server's memory and ours: past the bound they go unnamed.
  if (name === undefined && statementNames.size < MAX_NAMES) {
    name = `s${statementNames.size}`;
    statementNames.set(sql, name);
  }
  return name ?? '';
}

function requireInstance(model: string, operation: string, args: QueryCall['args']): void {
  if (READS_BY_FILTER.has(operation) && !namesInstance(args?.where)) {
    throw new Error(`${model}.${operation} does not name the instance: add instanceId to its where`);
  }
}

/** Whether a filter pins `instanceId`: at its top, inside a compound unique key, or in one branch of an AND. */
function namesInstance(where: object | undefined): boolean {
  if (!where) return false;
  if (pinsInstance(where)) return true;
  if ('AND' in where) return [where.AND].flat().some((part) => namesInstance(part as object));
  return Object.entries(where).some(([field, value]: [string, unknown]) => field !== 'NOT' && pinsInstance(value));
}

const pinsInstance = (filter: unknown): boolean =>
  typeof filter === 'object' && filter !== null && 'instanceId' in filter && typeof filter.instanceId === 'string';

function withTimes(operation: string, args: QueryCall['args'], now: Date): QueryCall['args'] {
  const created = (data: object) => ({ createdAt: now, updatedAt: now, ...data });
  const updated = (data: object) => ({ updatedAt: now, ...data });
  switch (operation) {
    case 'create':
      return { ...args, data: created(args.data as object) };
    case 'createMany':
    case 'createManyAndReturn':
      return { ...args, data: Array.isArray(args.data) ? args.data.map(created) : created(args.data as object) };
    case 'update':
    case 'updateMany':
    case 'updateManyAndReturn':
      return { ...args, data: updated(args.data as object) };
    case 'upsert':
      return { ...args, create: created(args.create!), update: updated(args.update!) };
    default:
      return args;
  }
}
