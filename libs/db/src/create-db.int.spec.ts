import { randomUUID } from 'node:crypto';
import { TestClock } from '@latchkey/core';
import { deploy } from '@latchkey/postgres';
import { startPostgres } from '@latchkey/testing';
import { PrismaClient } from '../../../apps/organizations/src/generated/prisma/client.js';
import { createDb } from './create-db.js';

const clock = new TestClock();
const connect = (url: string) => createDb(PrismaClient, { url, clock });
let db: ReturnType<typeof connect>;

beforeAll(async () => {
  const url = (await startPostgres()).databaseUrl(`scope_${randomUUID().replaceAll('-', '')}`);
  await deploy({ service: 'organizations', url });
  db = connect(url);
});
afterAll(() => db.$disconnect());

const permission = (id: string, instanceId: string) => ({
  id,
  instanceId,
  key: `org:${id}:read`,
  name: id,
  description: '',
  type: 'user',
});

describe('A query on the rows of instances', () => {
  const [key, name] = ['org:a:read', 'another'];

  it.each<[string, () => Promise<unknown>]>([
    ['findMany', () => db.permission.findMany()],
    ['findFirst', () => db.permission.findFirst({ where: { key } })],
    ['findUnique', () => db.permission.findUnique({ where: { id: 'a' } })],
    ['count', () => db.permission.count()],
    ['update', () => db.permission.update({ where: { id: 'a' }, data: { name } })],
    ['updateMany', () => db.permission.updateMany({ data: { name } })],
    ['delete', () => db.permission.delete({ where: { id: 'a' } })],
    ['deleteMany', () => db.permission.deleteMany({ where: { key } })],
    ['findMany of all but one', () => db.permission.findMany({ where: { NOT: { instanceId: 'ins_1' } } })],
    ['findMany of what is not one', () => db.permission.findMany({ where: { instanceId: { not: 'ins_1' } } })],
    ['findMany of any', () => db.permission.findMany({ where: { OR: [{ instanceId: 'ins_1' }, { key }] } })],
    ['findMany of undefined', () => db.permission.findMany({ where: { instanceId: undefined } })],
    ['findMany in a transaction', () => db.$transaction((tx) => tx.permission.findMany())],
  ])('is refused without the instance: %s', async (_, query) => {
    await expect(query()).rejects.toThrow('does not name the instance');
  });

  it('finds and changes what is of the instance that it names, and nothing else', async () => {
    await db.permission.create({ data: permission('b', 'ins_1') });
    await db.permission.create({ data: permission('c', 'ins_2') });

    expect(await db.permission.count({ where: { instanceId: 'ins_1' } })).toBe(1);
    expect(await db.permission.count({ where: { AND: [{ instanceId: 'ins_1' }, { id: 'c' }] } })).toBe(0);
    expect(await db.permission.findUnique({ where: { id: 'c', instanceId: 'ins_1' } })).toBeNull();
    expect(await db.permission.updateMany({ where: { instanceId: 'ins_2' }, data: { name } })).toEqual({ count: 1 });
    expect((await db.permission.findUnique({ where: { id: 'b', instanceId: 'ins_1' } }))!.name).toBe('b');
  });

  it('takes its times from the clock', async () => {
    clock.advance(86_400_000);
    const before = clock.now();
    const made = await db.permission.create({ data: permission('d', 'ins_1') });
    clock.advance(3_600_000);
    const changed = await db.permission.update({ where: { id: 'd', instanceId: 'ins_1' }, data: { name } });

    expect(made.createdAt.getTime() - before.getTime()).toBeLessThan(60_000);
    expect(made.updatedAt).toEqual(made.createdAt);
    expect(changed.createdAt).toEqual(made.createdAt);
    expect(changed.updatedAt.getTime() - made.updatedAt.getTime()).toBeGreaterThanOrEqual(3_600_000);
  });
});
