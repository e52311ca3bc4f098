import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';
import { Client as Postgres } from 'pg';

const DAY = 86_400;
const latchkey = useLatchkey({ settings: { sessions: { maximum_lifetime: 365 * DAY, inactivity_timeout: 0 } } });
const { bapi, browser, clock, given, sweep } = latchkey;

const HOUR_MS = 3_600_000;
const DAY_MS = DAY * 1000;

async function query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  const postgres = new Postgres({ connectionString: latchkey.at.databaseUrls.identity });
  await postgres.connect();
  try {
    return (await postgres.query(text, values)).rows as Row[];
  } finally {
    await postgres.end();
  }
}
const count = async (table: string, column = 'true', value: string | boolean = true) =>
  (await query(`SELECT FROM ${table} WHERE ${column} = $1`, [value])).length;

describe('the retention of identity', () => {
  it('removes attempts and tickets that are over, each in its time', async () => {
    const { id: userId, email } = await given.user();
    const { userId: signedUp } = await given.signedInBrowser();
    const { body: ticket } = await bapi.post('/v1/sign_in_tokens', { user_id: userId, expires_in_seconds: 3600 });
    const actor = { user_id: userId, actor: { sub: 'user_support' }, expires_in_seconds: 3600 };
    const { body: actorToken } = await bapi.post('/v1/actor_tokens', actor);
    const { body: signIn } = await browser().post('/v1/client/sign_ins', { identifier: email, password: PASSWORD });
    const { body: signUp } = await browser().post('/v1/client/sign_ups', {
      email_address: testEmail(),
      password: PASSWORD,
    });
    const left = async () => [
      await count('sign_in_tokens', 'id', ticket.id),
      await count('actor_tokens', 'id', actorToken.id),
      await count('sign_ins', 'id', signIn.response.id),
      await count('sign_ups', 'created_user_id', signedUp),
      await count('sign_ups', 'id', signUp.response.id),
    ];

    clock.advance(DAY_MS);
    await sweep();
    expect(await left()).toEqual([1, 1, 1, 1, 1]);

    // A sign-up that was given up holds what its user would not have us keep; a complete one tells who came how.
    clock.advance(DAY_MS);
    await sweep();
    expect(await left()).toEqual([1, 1, 1, 1, 0]);

    clock.advance(28 * DAY_MS);
    await sweep();
    expect(await left()).toEqual([1, 1, 1, 1, 0]);

    clock.advance(DAY_MS + HOUR_MS);
    await sweep();
    expect(await left()).toEqual([0, 0, 0, 0, 0]);
    expect((await bapi.get(`/v1/users/${userId}`)).status).toBe(200);
  });

  it('forgets how many codes an address had once they count no more', async () => {
    const chrome = browser();
    const { body } = await chrome.post('/v1/client/sign_ups', { email_address: 'ada@example.com', password: PASSWORD });
    const path = `/v1/client/sign_ups/${body.response.id}/prepare_verification`;
    expect((await chrome.post(path, { strategy: 'email_code' })).status).toBe(200);

    clock.advance(HOUR_MS - 60_000);
    await sweep();
    expect(await count('code_allowances')).toBe(2);

    clock.advance(120_000);
    await sweep();
    expect(await count('code_allowances')).toBe(0);
  });

  it('removes step-ups that are over, but for the newest of a session that goes on', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const path = `/v1/client/sessions/${sessionId}`;
    await chrome.post(`${path}/verify`, { level: 'first_factor' });
    await chrome.post(`${path}/verify`, { level: 'first_factor' });
    const left = () => count('reverifications', 'session_id', sessionId);
    await sweep();
    expect(await left()).toBe(2);

    clock.advance(HOUR_MS);
    await sweep();
    expect(await left()).toBe(1);

    await chrome.post(`${path}/end`);
    // What was looked at once is looked at again after a day.
    clock.advance(DAY_MS);
    await sweep();
    expect(await left()).toBe(0);
  });

  it('removes proofs with their attempts, but for those of addresses', async () => {
    const { userId, email } = await given.signedInBrowser();
    const { body } = await browser().post('/v1/client/sign_ins', { identifier: email, password: PASSWORD });
    const [signIn] = await query<{ proof: string }>(
      'SELECT first_verification_id AS proof FROM sign_ins WHERE id = $1',
      [body.response.id],
    );
    const [address] = await query<{ proof: string }>(
      'SELECT verification_id AS proof FROM email_addresses WHERE user_id = $1',
      [userId],
    );
    const left = async () => [
      await count('verifications', 'id', signIn!.proof),
      await count('verifications', 'id', address!.proof),
    ];

    clock.advance(30 * DAY_MS);
    await sweep();
    expect(await left()).toEqual([1, 1]);

    clock.advance(2 * DAY_MS);
    await sweep();
    expect(await left()).toEqual([0, 1]);
    const { body: user } = await bapi.get(`/v1/users/${userId}`);
    expect(user.email_addresses[0].verification.status).toBe('verified');
  });

  it('removes any number of proofs, and finds within a day what is in use no more', async () => {
    const orphans = async (amount: number) => {
      const createdAt = new Date(clock.now().getTime() - 100 * DAY_MS);
      await query(
        `INSERT INTO verifications (id, instance_id, strategy, status, created_at)
         SELECT 'orphan_' || n, 'ins_none', 'email_code', 'unverified', $1 FROM generate_series(1, $2::int) AS n`,
        [createdAt, amount],
      );
    };
    const left = () => count('verifications', 'instance_id', 'ins_none');
    clock.advance(DAY_MS);
    await orphans(4_500);
    await sweep();
    expect(await left()).toBe(0);

    await orphans(1);
    clock.advance(DAY_MS);
    await sweep();
    expect(await left()).toBe(0);
  });

  it('removes sessions that are over, and the clients and development browsers that they leave', async () => {
    const gone = await given.signedInBrowser();
    const here = await given.signedInBrowser();
    const sessionsOf = `/v1/sessions?user_id=${gone.userId}`;
    const idle = browser();
    await idle.get('/v1/client');
    const of = async ({ sessionId }: { sessionId: string }) => {
      const [row] = await query<{ client: string }>('SELECT client_id AS client FROM sessions WHERE id = $1', [
        sessionId,
      ]);
      return [sessionId, row!.client] as const;
    };
    const [goneRows, hereRows] = [await of(gone), await of(here)];
    const left = async ([sessionId, clientId]: readonly [string, string]) => [
      await count('sessions', 'id', sessionId),
      await count('clients', 'id', clientId),
      await count('dev_browsers', 'client_id', clientId),
    ];
    expect((await gone.browser.post(`/v1/client/sessions/${gone.sessionId}/remove`)).status).toBe(200);

    clock.advance(89 * DAY_MS);
    await sweep();
    expect(await left(goneRows)).toEqual([1, 1, 1]);
    expect((await bapi.get(sessionsOf)).body).toMatchObject([{ status: 'removed' }]);

    clock.advance(2 * DAY_MS);
    await sweep();
    expect(await left(goneRows)).toEqual([0, 0, 0]);
    expect((await bapi.get(sessionsOf)).body).toEqual([]);
    expect((await gone.browser.get('/v1/client')).body.errors[0].code).toBe('dev_browser_unauthenticated');
    expect((await idle.get('/v1/client')).status).toBe(401);

    expect(await left(hereRows)).toEqual([1, 1, 1]);
    expect((await here.browser.post(`/v1/client/sessions/${here.sessionId}/tokens`)).status).toBe(200);
  });
});
