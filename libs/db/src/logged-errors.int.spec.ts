import { randomUUID } from 'node:crypto';
import { SystemClock } from '@latchkey/core';
import { loggedError } from '@latchkey/observability';
import { deploy } from '@latchkey/postgres';
import { startPostgres } from '@latchkey/testing';
import { PrismaClient } from '../../../apps/identity/src/generated/prisma/client.js';
import { createDb } from './create-db.js';

const NAME = 'Ada Lovelace';
const connect = (url: string) => createDb(PrismaClient, { url, clock: new SystemClock(), unscoped: ['Application'] });
let db: ReturnType<typeof connect>;

beforeAll(async () => {
  const url = (await startPostgres()).databaseUrl(`logged_${randomUUID().replaceAll('-', '')}`);
  await deploy({ service: 'identity', url });
  db = connect(url);
  await db.application.create({ data: { id: NAME, name: NAME } });
});
afterAll(() => db.$disconnect());

describe('What the log tells of a query that failed', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a value that is taken', () => db.application.create({ data: { id: NAME, name: NAME } })],
    ['a value of the wrong type', () => db.application.create({ data: { id: 'b', name: [NAME] as never } })],
    [
      'a field that there is not',
      () => db.application.create({ data: { id: 'c', name: NAME, colour: NAME } as never }),
    ],
    ['a value that SQL cannot read', () => db.$queryRaw`SELECT ${NAME}::text::int`],
    ['a row that SQL may not write', () => db.$executeRaw`INSERT INTO applications (id) VALUES (${NAME})`],
  ])('is where and why, and none of its values: %s', async (_, query) => {
    const error: unknown = await query().catch((thrown: unknown) => thrown);

    const text = JSON.stringify(loggedError(error));

    expect(text).not.toMatch(/Ada|Lovelace/);
    expect(text).toMatch(/Prisma|DriverAdapterError/);
    expect(text).toContain('logged-errors.int.spec');
  });
});
