import { randomUUID } from 'node:crypto';
import { SecretBox, TestClock } from '@latchkey/core';
import { createDb } from '@latchkey/db';
import { deploy } from '@latchkey/postgres';
import { send, startPostgres, useLatchkey } from '@latchkey/testing';
import { decodeProtectedHeader } from 'jose';
import { PrismaClient } from '../generated/prisma/client.js';
import { SigningKeysService } from './signing-keys.service.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

describe('A rotation of signing keys', () => {
  const clock = new TestClock();
  const connect = (url: string) => createDb(PrismaClient, { url, clock, unscoped: [] });
  let db: ReturnType<typeof connect>;
  let instance: string;
  let one: SigningKeysService;
  let other: SigningKeysService;

  beforeAll(async () => {
    const url = (await startPostgres()).databaseUrl(`keys_${randomUUID().replaceAll('-', '')}`);
    await deploy({ service: 'identity', url });
    db = connect(url);
  });
  afterAll(() => db.$disconnect());

  beforeEach(async () => {
    instance = `ins_${randomUUID()}`;
    // Two processes: each has a memory of its own.
    [one, other] = [1, 2].map(() => new SigningKeysService(db as never, new SecretBox('m'.repeat(32)), clock)) as [
      SigningKeysService,
      SigningKeysService,
    ];
    await db.$transaction((tx) => one.create(tx, instance));
    await Promise.all([one, other].map((keys) => keys.sign(instance, {})));
  });

  const kidOf = async (keys: SigningKeysService) => decodeProtectedHeader(await keys.sign(instance, {})).kid;
  const verifies = async (token: string) =>
    Promise.all([one, other].map(async (keys) => (await keys.verify(instance, token)) !== undefined));

  it('shows the new key to every process before the first token bears it', async () => {
    const { kid } = await one.rotate(instance, DAY_MS);

    expect([await kidOf(one), await kidOf(other)]).toEqual([instance, instance]);
    clock.advance(MINUTE_MS + 1);
    for (const keys of [one, other]) expect((await keys.jwks(instance)).map((key) => key.kid)).toEqual([kid, instance]);
    expect([await kidOf(one), await kidOf(other)]).toEqual([instance, instance]);
    clock.advance(2 * MINUTE_MS);
    expect([await kidOf(one), await kidOf(other)]).toEqual([kid, kid]);
    expect(await verifies(await one.sign(instance, {}))).toEqual([true, true]);
  });

  it('verifies what the old key has signed until that is retired', async () => {
    const old = await one.sign(instance, { sub: 'user_1' });
    await one.rotate(instance, DAY_MS);

    clock.advance(DAY_MS - MINUTE_MS);
    expect(await verifies(old)).toEqual([true, true]);
    clock.advance(2 * MINUTE_MS + 1);
    expect(await verifies(old)).toEqual([false, false]);
    expect(await one.jwks(instance)).toHaveLength(1);
  });

  it('voids at once what a leaked key has signed, and what those before it have', async () => {
    const old = await one.sign(instance, {});
    await one.rotate(instance, 30 * DAY_MS);
    clock.advance(5 * MINUTE_MS);
    const leaked = await one.sign(instance, {});

    const { kid } = await one.rotate(instance, 0);

    expect(await kidOf(one)).toBe(kid);
    clock.advance(MINUTE_MS + 1);
    expect([await verifies(old), await verifies(leaked)]).toEqual([
      [false, false],
      [false, false],
    ]);
    expect(await kidOf(other)).toBe(kid);
  });
});

describe('POST /internal/instances/rotate_keys', () => {
  const latchkey = useLatchkey();

  const rotate = async (body: object) => {
    const { transport, signer } = latchkey.between;
    const context = {
      instanceId: '',
      environment: 'production',
      api: 'bapi',
      apiVersion: '',
      requestId: 'r',
      fapiUrl: '',
    };
    const answer = await transport.request('identity', {
      method: 'POST',
      path: '/internal/instances/rotate_keys',
      headers: {
        'content-type': 'application/json',
        'x-latchkey-context': signer.sign({ ...context, ipAddress: '', userAgent: '' } as never),
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: JSON.parse(answer.body.toString()) as Record<string, unknown> };
  };

  it('keeps everybody signed in, with a token of the new key once it signs', async () => {
    const { browser, sessionId } = await latchkey.given.signedInBrowser();
    const ask = () => browser.post(`/v1/client/sessions/${sessionId}/tokens`);
    const { id } = latchkey.at.instance;

    const { status, body } = await rotate({ instance: id });

    expect([status, body.instance_id]).toEqual([200, id]);
    // As long as an invitation, the longest-lived of what is signed.
    expect(body.retired_at).toBeGreaterThan(latchkey.clock.now().getTime() + 30 * DAY_MS);
    latchkey.clock.advance(3 * MINUTE_MS);
    const { status: answered, body: token } = await ask();
    expect([answered, decodeProtectedHeader(token.jwt as string).kid]).toEqual([200, body.kid]);
    const jwks = await send({ method: 'GET', url: `${latchkey.at.fapiUrl}/.well-known/jwks.json` });
    expect(jwks.body.keys.map(({ kid }: { kid: string }) => kid)).toEqual([body.kid, id]);
  });

  it('refuses an instance that there is not, and an overlap that cannot be', async () => {
    expect((await rotate({ instance: 'nobody' })).status).toBe(404);
    expect((await rotate({ instance: latchkey.at.instance.id, overlap_days: -1 })).status).toBe(422);
  });
});
