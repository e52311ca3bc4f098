import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlQuery } from '@prisma/driver-adapter-utils';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { withClient, type ConnectionFields } from '../connection.js';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** Columns of Postgres's internal type "char" in the engine's catalogue queries, which the adapter cannot hand over. */
const INTERNAL_CHAR = /\b(?:constr\.contype(?= AS constraint_type)|con\.confdeltype(?=,)|con\.confupdtype(?=,))/g;
const INTERNAL_CHAR_NAMES = ['constraint_type', 'confdeltype', 'confupdtype'];

/**
 * Prisma's Postgres adapter as its schema engine needs it: with the engine's catalogue queries answered, scripts run whole,
 * and shadow databases that go away again.
 */
export class MigrationAdapterFactory extends PrismaPg {
  /** What Postgres said to the last script that failed: more than the engine passes on. */
  scriptError: Error | undefined;
  private readonly open = new Set<Adapter>();

  constructor(
    private readonly fields: ConnectionFields,
    schema: string,
  ) {
    super(singleConnection(fields), { schema });
  }

  override async connect(): Promise<Adapter> {
    return this.track(this.fit(await super.connect()));
  }

  /** A fresh database on which the engine replays the history, dropped when the engine lets go of it. */
  override async connectToShadowDb(): Promise<Adapter> {
    const database = `latchkey_shadow_${randomUUID()}`;
    const onServer = (sql: string) => withClient(this.fields, (client) => client.query(sql));
    await onServer(`CREATE DATABASE ${pg.escapeIdentifier(database)} TEMPLATE template0`);
    const shadow = this.fit(await new PrismaPg(singleConnection({ ...this.fields, database })).connect());
    const dispose = shadow.dispose.bind(shadow);
    let isDropped = false;
    shadow.dispose = async () => {
      if (isDropped) return;
      isDropped = true;
      await dispose();
      await onServer(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)} WITH (FORCE)`);
    };
    return this.track(shadow);
  }

  /** Closes what the engine left open. */
  async close(): Promise<void> {
    await Promise.all([...this.open].map((adapter) => adapter.dispose()));
  }

  private track(adapter: Adapter): Adapter {
    const dispose = adapter.dispose.bind(adapter);
    this.open.add(adapter);
    adapter.dispose = async () => {
      if (this.open.delete(adapter)) await dispose();
    };
    return adapter;
  }

  private fit(adapter: Adapter): Adapter {
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query: SqlQuery) => {
      const sql = query.sql.replace(INTERNAL_CHAR, '$&::text');
      const result = await queryRaw({ ...query, sql });
      if (sql === query.sql) return result;
      const columnTypes = result.columnTypes.map((type, i) =>
        INTERNAL_CHAR_NAMES.includes(result.columnNames[i] ?? '') ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    // The stock version splits at every `;`, function bodies included, and runs the pieces one by one, so that half of a failed
    // migration would stay. One simple query is one implicit transaction.
    adapter.executeScript = async (script: string) => {
      try {
        await adapter.underlyingDriver().query(script);
      } catch (error) {
        this.scriptError = error as Error;
        // `onError` turns the driver's error into the form that the engine reads.
        (adapter as unknown as { onError(error: unknown): never }).onError(error);
      }
    };
    return adapter;
  }
}

/** One connection that is never replaced: it carries the advisory lock under which migrations are applied. */
const singleConnection = (fields: ConnectionFields): pg.PoolConfig => ({ ...fields, max: 1, idleTimeoutMillis: 0 });
