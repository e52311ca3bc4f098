import { PASSWORD, useLatchkey } from '@latchkey/testing';
import { Client } from 'pg';

const { bapi, browser, given, clock } = useLatchkey();

/** The tables of identity that requests read and write. The log of events and what others do about them comes after the answer. */
const ASKS =
  /\b(clients|sessions|users|sign_ins|verifications|dev_browsers|instances|signing_keys|email_addresses|phone_numbers|lockouts)\b/;
/** What is done every so often, whoever asks for what. */
const SWEEPS = /last_active_at = GREATEST|DELETE FROM|outbox|user_profiles/;

/** The statements on identity's tables that `work` makes the services run. */
async function statements(work: () => Promise<unknown>): Promise<string[]> {
  const query = jest.spyOn(Client.prototype, 'query');
  await work();
  const texts = (query.mock.calls as unknown[][]).map(([first]) =>
    typeof first === 'string' ? first : String((first as { text?: string } | undefined)?.text),
  );
  query.mockRestore();
  return texts.filter((text) => ASKS.test(text) && !SWEEPS.test(text));
}

describe('statements per request', () => {
  // A cache keeps nothing for a few seconds after a change.
  const settle = () => clock.advance(6_000);

  it('FAPI createSessionToken asks no database', async () => {
    const { browser: tab, sessionId } = await given.signedInBrowser();
    settle();
    const refresh = async () => expect((await tab.post(`/v1/client/sessions/${sessionId}/tokens`)).status).toBe(200);
    await refresh();

    expect(await statements(refresh)).toEqual([]);
  });

  it('BAPI GetUser asks once', async () => {
    const { id } = await given.user();
    settle();
    const get = async () => expect((await bapi.get(`/v1/users/${id}`)).status).toBe(200);
    await get();

    expect(await statements(get)).toHaveLength(1);
  });

  it('FAPI createSignIn asks no more often than it must', async () => {
    const { email } = await given.user();
    settle();
    await bapi.get('/v1/users');
    const tab = browser();
    await tab.get('/v1/environment');
    const signIn = async () => {
      const { body } = await tab.post('/v1/client/sign_ins', { identifier: email, password: PASSWORD });
      expect(body.response.status).toBe('complete');
    };

    // Fifteen, and two for what happens beside it. Each more costs every sign-in: look before you raise it.
    expect((await statements(signIn)).length).toBeLessThanOrEqual(17);
  });
});
