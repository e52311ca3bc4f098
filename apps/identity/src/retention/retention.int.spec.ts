import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';
import { Client as Postgres } from 'pg';

const latchkey = useLatchkey();
const { bapi, browser, clock, given, sweep } = latchkey;

const DAY_MS = 86_400_000;

async function count(table: string, id: string): Promise<number> {
  const postgres = new Postgres({ connectionString: latchkey.at.databaseUrls.identity });
  await postgres.connect();
  try {
    return (await postgres.query(`SELECT FROM ${table} WHERE id = $1`, [id])).rowCount ?? 0;
  } finally {
    await postgres.end();
  }
}

describe('the retention of identity', () => {
  it('removes attempts and tickets that are over, each in its time', async () => {
    const { id: userId, email } = await given.user();
    const { body: ticket } = await bapi.post('/v1/sign_in_tokens', { user_id: userId, expires_in_seconds: 3600 });
    const { body: signIn } = await browser().post('/v1/client/sign_ins', { identifier: email, password: PASSWORD });
    const { body: signUp } = await browser().post('/v1/client/sign_ups', {
      email_address: testEmail(),
      password: PASSWORD,
    });
    const left = async () => [
      await count('sign_in_tokens', ticket.id),
      await count('sign_ins', signIn.response.id),
      await count('sign_ups', signUp.response.id),
    ];

    clock.advance(DAY_MS);
    await sweep();
    expect(await left()).toEqual([1, 1, 1]);

    clock.advance(DAY_MS);
    await sweep();
    expect(await left()).toEqual([1, 1, 0]);

    clock.advance(28 * DAY_MS);
    await sweep();
    expect(await left()).toEqual([1, 1, 0]);

    clock.advance(DAY_MS + 3_600_000);
    await sweep();
    expect(await left()).toEqual([0, 0, 0]);
    expect((await bapi.get(`/v1/users/${userId}`)).status).toBe(200);
  });
});
