import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';
import { Client as Postgres } from 'pg';

const latchkey = useLatchkey();
const { bapi, browser, clock, given, sweep } = latchkey;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function count(table: string, column = 'true', value: string | boolean = true): Promise<number> {
  const postgres = new Postgres({ connectionString: latchkey.at.databaseUrls.identity });
  await postgres.connect();
  try {
    return (await postgres.query(`SELECT FROM ${table} WHERE ${column} = $1`, [value])).rowCount ?? 0;
  } finally {
    await postgres.end();
  }
}

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
});
