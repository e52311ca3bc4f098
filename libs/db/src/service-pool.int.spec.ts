import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { SystemClock } from '@latchkey/core';
import { deploy } from '@latchkey/postgres';
import { startPostgres } from '@latchkey/testing';
import { PrismaClient } from '../../../apps/identity/src/generated/prisma/client.js';
import { createDb, prepared } from './create-db.js';
import { aside, MIN_POOL_SIZE, PoolSize, refuseSecondConnections } from './service-pool.js';
import { transaction } from './transaction.js';

let db: PrismaClient;

beforeAll(async () => {
  refuseSecondConnections();
  const url = (await startPostgres()).databaseUrl(`pool_${randomUUID().replaceAll('-', '')}`);
  await deploy({ service: 'identity', url });
  db = createDb(PrismaClient, { url, clock: new SystemClock(), poolSize: MIN_POOL_SIZE, unscoped: ['Application'] });
});
afterAll(() => db.$disconnect());

const ONE = 'SELECT 1 AS one';

describe('the connections of a service', () => {
  it('are enough for what caches load inside of more transactions than there are connections', async () => {
    const count = MIN_POOL_SIZE * 4;
    const work = () => transaction(db, () => aside(() => prepared(db, 'one', ONE, [])));

    const rows = await Promise.all(Array.from({ length: count }, work));

    expect(rows).toEqual(Array(count).fill([{ one: 1 }]));
  });

  it.each([
    ['Prisma', () => db.application.count()],
    ['raw SQL', () => db.$queryRawUnsafe(ONE)],
    ['a prepared statement', () => prepared(db, 'one', ONE, [])],
  ])('are not asked for a second one by a transaction: %s', async (_, query) => {
    await expect(transaction(db, async () => query())).rejects.toThrow('second connection');
    await expect(Promise.all([transaction(db, (tx) => tx.application.count()), query()])).resolves.toBeDefined();
  });

  it('are one for each, also where Prisma asks for several reads of one moment at once', async () => {
    const read = ({ application }: Pick<PrismaClient, 'application'>) =>
      application.findUnique({ where: { id: 'none' } }).then((row) => row);
    const other = AsyncLocalStorage.bind(() => read(db));

    expect(await transaction(db, (tx) => Promise.all([read(tx), other()]))).toEqual([null, null]);
    const raw = (tx: Pick<PrismaClient, '$queryRawUnsafe'>) => tx.$queryRawUnsafe(ONE).then((rows) => rows);
    expect(await transaction(db, (tx) => Promise.all([raw(tx), other()]))).toEqual([[{ one: 1 }], null]);
    await expect(transaction(db, () => read(db))).rejects.toThrow('second connection');
  });

  it('are not fewer than one for transactions and two for reads', () => {
    const url = 'postgresql://localhost/none';
    expect(() => createDb(PrismaClient, { url, clock: new SystemClock(), poolSize: 2 })).toThrow('at least 3');
    expect(PoolSize.parse('3')).toBe(3);
    expect(PoolSize.safeParse('2').error!.issues[0]!.message).toMatch(/^must be 3 or more: 2 connections/);
  });
});
