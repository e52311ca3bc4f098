import { useLatchkey } from '@latchkey/testing';

const HOUR = 3_600_000;

describe('when members were last active', () => {
  const latchkey = useLatchkey({ settings: { organizations: { enabled: true } } });
  const { bapi, browser, clock, events, given } = latchkey;

  const activeAfter = async (organization: string, moment: Date) => {
    const { body } = await bapi.get(
      `/v1/organizations/${organization}/memberships?last_active_at_after=${moment.getTime()}`,
    );
    return body.data.map((row: { public_user_data: { user_id: string } }) => row.public_user_data.user_id);
  };
  /** How often the other services have heard of a user. */
  const told = async (userId: string) => {
    const all = await events.of('latchkey.users.active');
    return all.filter(({ data }) => (data as { users: { id: string }[] }).users.some(({ id }) => id === userId)).length;
  };
  const somebody = async () => {
    const user = await given.signedInBrowser();
    const { body } = await user.browser.post('/v1/organizations', { name: 'Lively' });
    return { ...user, organization: String(body.response.id) };
  };

  it('is known of a sign-in', async () => {
    const { userId, organization } = await somebody();
    const { body } = await bapi.post('/v1/sign_in_tokens', { user_id: userId });
    clock.advance(HOUR);
    const before = clock.now();
    clock.advance(1_000);

    await browser().post('/v1/client/sign_ins', { strategy: 'ticket', ticket: body.token });

    await events.settled();
    expect(await activeAfter(organization, before)).toEqual([userId]);
  });

  it('is known of a session in use, from the first token of every hour', async () => {
    const { userId, organization, browser: tab, sessionId } = await somebody();
    const use = async () => {
      await tab.post(`/v1/client/sessions/${sessionId}/tokens`);
      await latchkey.sweep();
      await events.settled();
    };
    await use();
    const before = await told(userId);
    const start = clock.now();
    clock.advance(HOUR - (start.getTime() % HOUR));

    for (let minute = 0; minute < 3; minute++) {
      await use();
      clock.advance(60_000);
    }

    expect(await told(userId)).toBe(before + 1);
    expect(await activeAfter(organization, start)).toEqual([userId]);
    expect(await activeAfter(organization, clock.now())).toEqual([]);
  });
});
