import { testEmail, useLatchkey } from '@latchkey/testing';
import { Client as Postgres } from 'pg';

const latchkey = useLatchkey({ settings: { sessions: { inactivity_timeout: 86_400 } } });
const { bapi, given, clock, sweep } = latchkey;

async function query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  const postgres = new Postgres({ connectionString: latchkey.at.databaseUrls.identity });
  await postgres.connect();
  try {
    return (await postgres.query(text, values)).rows as Row[];
  } finally {
    await postgres.end();
  }
}
const stored = (id: string) =>
  query<{ status: string; last_active_at: Date; abandon_at: Date }>(
    'SELECT status, last_active_at, abandon_at FROM sessions WHERE id = $1',
    [id],
  ).then(([row]) => row!);

describe('the sweep of sessions', () => {
  it('writes down which are over, and by what', async () => {
    const unused = await given.signedInBrowser();
    const used = await given.signedInBrowser();
    clock.advance(80_000_000);
    await used.browser.post(`/v1/client/sessions/${used.sessionId}/touch`);
    clock.advance(8_000_000);
    await sweep();

    expect(await stored(unused.sessionId)).toMatchObject({ status: 'abandoned' });
    expect(await stored(used.sessionId)).toMatchObject({ status: 'active' });
    clock.advance(604_800_000);
    await sweep();
    expect(await stored(used.sessionId)).toMatchObject({ status: 'expired' });
    expect((await bapi.get(`/v1/sessions/${used.sessionId}`)).body.status).toBe('expired');
  });
});

describe('the activity of sessions', () => {
  it('is written down after tokens, not with each, and puts the end off', async () => {
    const { browser, sessionId } = await given.signedInBrowser();
    const before = await stored(sessionId);
    clock.advance(3_600_000);

    await browser.post(`/v1/client/sessions/${sessionId}/tokens`);
    expect(await stored(sessionId)).toEqual(before);
    await sweep();

    const after = await stored(sessionId);
    expect(after.last_active_at.getTime()).toBeGreaterThanOrEqual(before.last_active_at.getTime() + 3_600_000);
    expect(after.abandon_at.getTime()).toBeGreaterThanOrEqual(before.abandon_at.getTime() + 3_600_000);
  });

  it('keeps a session alive that asks for nothing but tokens', async () => {
    const { browser, sessionId } = await given.signedInBrowser();
    for (let half = 0; half < 4; half++) {
      clock.advance(43_200_000);
      expect((await browser.post(`/v1/client/sessions/${sessionId}/tokens`)).status).toBe(200);
      await sweep();
    }
    clock.advance(86_500_000);
    expect((await browser.post(`/v1/client/sessions/${sessionId}/tokens`)).status).toBe(401);
  });
});

describe('session tokens while the database is away', () => {
  it('are given to sessions that are known, for an hour', async () => {
    const { browser, sessionId } = await given.signedInBrowser();
    const token = () => browser.post(`/v1/client/sessions/${sessionId}/tokens`).then(({ status }) => status);
    // What changed a moment ago is not kept: a change that is still under way could be overlooked.
    clock.advance(10_000);
    expect(await token()).toBe(200);
    const name = new URL(latchkey.at.databaseUrls.identity).pathname.slice(1);
    const admin = new Postgres({ connectionString: process.env.TEST_DATABASE_URL });
    await admin.connect();
    try {
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      // Past the age of everything that is cached but what is kept for such a time.
      clock.advance(11 * 60_000);

      expect(await token()).toBe(200);
      expect((await browser.post('/v1/client/sign_ups', { email_address: testEmail() })).status).toBe(503);
      clock.advance(3_600_000);
      expect(await token()).toBe(503);
    } finally {
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
      await admin.end();
    }
    expect(await token()).toBe(200);
  });
});
