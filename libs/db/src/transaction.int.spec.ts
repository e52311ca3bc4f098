import { randomUUID } from 'node:crypto';
import { deploy } from '@latchkey/postgres';
import { startPostgres } from '@latchkey/testing';
import { SystemClock } from '@latchkey/core';
import { PrismaClient } from '../../../apps/identity/src/generated/prisma/client.js';
import { createDb } from './create-db.js';
import { transaction } from './transaction.js';

describe('transaction', () => {
  it.each(['updates', 'raw SQL'])('runs work again that lost to a deadlock of %s', async (kind) => {
    const url = (await startPostgres()).databaseUrl(`deadlock_${randomUUID().replaceAll('-', '')}`);
    await deploy({ service: 'identity', url });
    const db = createDb(PrismaClient, { url, clock: new SystemClock(), unscoped: ['Application'] });
    await db.application.createMany({ data: ['a', 'b'].map((id) => ({ id, name: '' })) });
    const runs = { ab: 0, ba: 0 };
    let both = 0;
    let meet = () => {};
    const met = new Promise<void>((resolve) => (meet = resolve));
    const take = (first: string, second: string, name: keyof typeof runs) =>
      transaction(db, async (tx) => {
        const touch = async (id: string) => {
          if (kind === 'updates') await tx.application.update({ where: { id }, data: { name } });
          else await tx.$queryRaw`SELECT id FROM applications WHERE id = ${id} FOR UPDATE`;
        };
        runs[name]++;
        await touch(first);
        if (++both === 2) meet();
        await met;
        await touch(second);
      });

    await Promise.all([take('a', 'b', 'ab'), take('b', 'a', 'ba')]);

    // One loses, or, when Postgres looks for deadlocks of both at the same moment, each of them.
    expect(runs.ab + runs.ba).toBeGreaterThan(2);
    await db.$disconnect();
  });

  it('leaves a connection to what the one in front reads, while all the others wait for its row', async () => {
    const url = (await startPostgres()).databaseUrl(`turns_${randomUUID().replaceAll('-', '')}`);
    await deploy({ service: 'identity', url });
    const db = createDb(PrismaClient, { url, clock: new SystemClock(), unscoped: ['Application'], poolSize: 4 });
    await db.application.create({ data: { id: 'a', name: '' } });

    const work = () =>
      transaction(db, async (tx) => {
        await tx.application.update({ where: { id: 'a' }, data: { name: 'held' } });
        return db.application.count();
      });

    expect(await Promise.all(Array.from({ length: 12 }, work))).toEqual(Array.from({ length: 12 }, () => 1));
    await db.$disconnect();
  });
});
