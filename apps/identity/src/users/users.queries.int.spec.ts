import { randomUUID } from 'node:crypto';
import { SystemClock } from '@latchkey/core';
import { createDb } from '@latchkey/db';
import { deploy } from '@latchkey/postgres';
import { startPostgres } from '@latchkey/testing';
import { PrismaClient } from '../generated/prisma/client.js';
import { findFullUser, holdUser } from './users.queries.js';
import { fullUser } from './users.serializer.js';

const AT = new Date('2026-01-02T03:04:05.678Z');
const instanceId = 'ins_1';

describe('findFullUser and holdUser', () => {
  let db: PrismaClient;

  beforeAll(async () => {
    const url = (await startPostgres()).databaseUrl(`users_${randomUUID().replaceAll('-', '')}`);
    await deploy({ service: 'identity', url });
    db = createDb(PrismaClient, { url, clock: new SystemClock(), unscoped: ['Application', 'Instance'] });
    const own = { instanceId, createdAt: AT };
    await db.verification.createMany({
      data: ['a', 'b', 'c'].map((id) => ({
        ...own,
        id,
        strategy: 's',
        status: 'verified',
        details: { id },
        expireAt: AT,
      })),
    });
    await db.user.create({
      data: {
        ...own, id: 'user_full', username: 'full', firstName: 'Zoë "Z" \\ Öz', passwordUpdatedAt: AT, totpVerifiedAt: AT,
        totpLastStep: 7, backupCodeHashes: ['x', 'y,"z"'], publicMetadata: { createdAt: 'no time', deep: [1, null] },
        privateMetadata: { a: 1.5 }, lockedUntil: AT, lastActiveAt: AT, failedAttempts: 3,
      },
    }); // prettier-ignore
    await db.user.create({ data: { ...own, id: 'user_empty' } });
    const email = (id: string, later: number, verificationId?: string) => ({
      instanceId, id, userId: 'user_full', emailAddress: `${id}@example.com`, verificationId, verifiedAt: AT,
      createdAt: new Date(AT.getTime() + later),
    }); // prettier-ignore
    await db.emailAddress.createMany({ data: [email('second', 5, 'b'), email('first', 1, 'a'), email('third', 9)] });
    await db.phoneNumber.create({
      data: { ...own, id: 'phone', userId: 'user_full', phoneNumber: '+1', verificationId: 'c', reservedAs: '+1' },
    });
  });

  afterAll(() => db.$disconnect());

  it.each(['user_full', 'user_empty'])('reads of %s what Prisma reads', async (id) => {
    const expected = await db.user.findUnique({ where: { id, instanceId }, include: fullUser });

    expect(await findFullUser(db, instanceId, id)).toEqual(expected);
    expect(expected).not.toBeNull();
  });

  it.each(['user_full', 'user_empty'])('holds of %s what Prisma reads', async (id) => {
    const expected = await db.user.findUnique({ where: { id, instanceId } });

    expect(await db.$transaction((tx) => holdUser(tx, { instanceId }, id))).toEqual(expected);
    expect(await db.$transaction((tx) => holdUser(tx, { instanceId: 'ins_2' }, id))).toBeNull();
  });

  it('finds nobody of another instance', async () => {
    expect(await findFullUser(db, 'ins_2', 'user_full')).toBeNull();
  });
});
