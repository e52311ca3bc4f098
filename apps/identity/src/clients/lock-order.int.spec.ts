import { PASSWORD, useLatchkey, type SignedIn, until } from '@latchkey/testing';
import { Client as Postgres } from 'pg';

const latchkey = useLatchkey({
  settings: { sessions: { reverification: false }, attributes: { password: { required: false } } },
});
const { bapi, browser, given } = latchkey;

/** A connection of its own to the service's database, which takes locks as a sign-in on another client does. */
let other: Postgres;
beforeEach(async () => {
  other = new Postgres({ connectionString: latchkey.at.databaseUrls.identity });
  await other.connect();
});
afterEach(() => other.end());

/** Until some statement waits for a lock of somebody else. */
async function waiter(): Promise<void> {
  await until('a statement waits', async () => {
    const { rows } = await other.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rows.length > 0;
  });
}

const NEXT = 'an entirely different 81';

describe('the order of locks: clients before users', () => {
  it.each<[string, (of: SignedIn) => Promise<{ status: number }>]>([
    [
      'FAPI changePassword',
      ({ browser: chrome }) =>
        chrome.post('/v1/me/change_password', {
          new_password: NEXT,
          current_password: PASSWORD,
          sign_out_of_other_sessions: true,
        }),
    ],
    [
      'FAPI removePassword',
      ({ browser: chrome }) => chrome.post('/v1/me/remove_password', { current_password: PASSWORD }),
    ],
    ['FAPI deleteUser', ({ browser: chrome }) => chrome.delete('/v1/me')],
    [
      'BAPI UpdateUser',
      ({ userId }) => bapi.patch(`/v1/users/${userId}`, { password: NEXT, sign_out_of_other_sessions: true }),
    ],
    ['BAPI SetUserPasswordCompromised', ({ userId }) => bapi.post(`/v1/users/${userId}/password/set_compromised`, {})],
    ['BAPI BanUser', ({ userId }) => bapi.post(`/v1/users/${userId}/ban`)],
    ['BAPI DeleteUser', ({ userId }) => bapi.delete(`/v1/users/${userId}`)],
  ])('%s does not hold the user while it waits for a client', async (_name, change) => {
    const signedIn = await given.signedInBrowser();
    const elsewhere = browser();
    await elsewhere.post('/v1/client/sign_ins', { identifier: signedIn.email, password: PASSWORD });
    const { body } = await elsewhere.get('/v1/client');
    await other.query('BEGIN');
    await other.query('SELECT id FROM clients WHERE id = $1 FOR UPDATE', [body.response.id]);

    const changing = change(signedIn);
    await waiter();
    // Fails when somebody has it.
    const user = await other.query('SELECT id FROM users WHERE id = $1 FOR UPDATE NOWAIT', [signedIn.userId]);
    await other.query('COMMIT');

    expect(user.rowCount).toBe(1);
    expect((await changing).status).toBe(200);
  });

  it('FAPI resetPassword takes its own and the other clients of the user in one order', async () => {
    const { userId, email, browser: first } = await given.signedInBrowser();
    const { body: had } = await first.get('/v1/client');
    const chrome = browser();
    const strategy = 'reset_password_email_code';
    const { body } = await chrome.post('/v1/client/sign_ins', { identifier: email, strategy });
    const path = `/v1/client/sign_ins/${body.response.id}`;
    await chrome.post(`${path}/attempt_first_factor`, { strategy, code: '424242' });
    await other.query('BEGIN');
    await other.query('SELECT id FROM clients WHERE id = $1 FOR UPDATE', [had.response.id]);

    const resetting = chrome.post(`${path}/reset_password`, { password: NEXT, sign_out_of_other_sessions: true });
    await waiter();
    const user = await other.query('SELECT id FROM users WHERE id = $1 FOR UPDATE NOWAIT', [userId]);
    await other.query('COMMIT');

    expect(user.rowCount).toBe(1);
    expect((await resetting).body.response.status).toBe('complete');
  });
});
