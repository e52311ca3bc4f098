import { testEmail, useLatchkey } from '@latchkey/testing';

const { bapi, browser, clock, given } = useLatchkey();

describe('FAPI acceptTicket', () => {
  it('refuses what is no ticket', async () => {
    const { status, body } = await browser().get('/v1/tickets/accept', { ticket: 'nonsense' });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('ticket_invalid_code');
    expect((await browser().get('/v1/tickets/accept')).status).toBe(422);
  });

  it('refuses a sign-in token whose time is over', async () => {
    const { userId } = await given.signedInBrowser();
    const { body } = await bapi.post('/v1/sign_in_tokens', { user_id: userId, expires_in_seconds: 60 });
    clock.advance(61_000);

    const reply = await browser().get('/v1/tickets/accept', { ticket: body.token });

    expect(reply.status).toBe(400);
    expect(reply.body.errors[0].code).toBe('ticket_expired_code');
  });

  it('sends whom an old invitation names to the page to sign up, without its ticket', async () => {
    const { body } = await bapi.post('/v1/invitations', { email_address: testEmail(), expires_in_days: 1 });
    clock.advance(25 * 60 * 60_000);

    const ticket = new URL(body.url).searchParams.get('ticket')!;
    const { status, headers } = await browser().get('/v1/tickets/accept', { ticket });

    expect(status).toBe(303);
    const target = new URL(String(headers.location));
    expect([target.pathname, target.search]).toEqual(['/sign-up', '']);
  });
});
