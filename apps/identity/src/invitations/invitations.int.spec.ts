import { testEmail, useLatchkey, until } from '@latchkey/testing';

const latchkey = useLatchkey();
const { anotherInstance, bapi, browser, clock, given } = latchkey;

const DAY_MS = 24 * 60 * 60_000;
const invite = (fields: object = {}) => bapi.post('/v1/invitations', { email_address: testEmail(), ...fields });

describe('BAPI CreateInvitation', () => {
  it('makes an invitation and mails its link', async () => {
    const email = `Invited.${Date.now()}@example.com`;

    const { status, body } = await invite({ email_address: email, public_metadata: { plan: 'gold' } });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'invitation',
      email_address: email.toLowerCase(),
      public_metadata: { plan: 'gold' },
      status: 'pending',
      revoked: false,
    });
    expect(body.expires_at - body.created_at).toBe(30 * DAY_MS);
    const { text } = await mailTo(email.toLowerCase());
    expect(text).toContain(body.url);
  });

  it('sends nothing when told so', async () => {
    const quiet = testEmail();
    await invite({ email_address: quiet, notify: false });
    const loud = testEmail();
    await invite({ email_address: loud });

    await mailTo(loud);
    expect(latchkey.inbox.list({ to: quiet })).toEqual([]);
  });

  it('leads from its link to the page to sign up, or to the one that was named', async () => {
    const { body } = await invite();
    const named = await invite({ redirect_url: 'https://app.example.com/welcome?from=mail' });
    const follow = async (url: string) => {
      const ticket = new URL(url).searchParams.get('ticket')!;
      const { status, headers } = await browser().get('/v1/tickets/accept', { ticket });
      expect(status).toBe(303);
      return new URL(String(headers.location));
    };

    const plain = await follow(body.url);
    expect(plain.pathname).toBe('/sign-up');
    expect(plain.searchParams.get('__clerk_status')).toBe('sign_up');
    const target = await follow(named.body.url);
    expect(target.origin + target.pathname).toBe('https://app.example.com/welcome');
    expect(target.searchParams.get('from')).toBe('mail');
    expect(target.searchParams.get('__clerk_ticket')).toBeTruthy();
  });

  it('refuses an address that is invited or has an account', async () => {
    const { body } = await invite();
    const { email } = await given.signedInBrowser();

    const again = await invite({ email_address: body.email_address });
    expect(again.status).toBe(400);
    expect(again.body.errors[0]).toMatchObject({
      code: 'duplicate_record',
      meta: { email_addresses: [body.email_address] },
    });
    expect((await invite({ email_address: body.email_address, ignore_existing: true })).status).toBe(200);
    const known = await invite({ email_address: email });
    expect(known.status).toBe(422);
    expect(known.body.errors[0].code).toBe('form_identifier_exists');
    expect((await invite({ email_address: email, ignore_existing: true })).status).toBe(200);
  });

  it('has one winner when an address is invited three times at once', async () => {
    const email_address = testEmail();

    const replies = await Promise.all([
      invite({ email_address }),
      invite({ email_address }),
      invite({ email_address }),
    ]);

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
  });

  it.each([
    [{ email_address: 'nobody' }, 'form_param_format_invalid'],
    [{ expires_in_days: 366 }, 'form_param_value_too_large'],
    [{ public_metadata: { big: 'x'.repeat(9000) } }, 'form_param_exceeds_allowed_size'],
  ])('refuses %j', async (fields, code) => {
    const { status, body } = await invite(fields);

    expect(status).toBe(422);
    expect(body.errors[0].code).toBe(code);
  });

  it('cannot be done where addresses are turned off', async () => {
    const other = await anotherInstance({
      settings: {
        attributes: {
          email_address: { enabled: false, required: false, used_for_first_factor: false },
          username: { enabled: true, required: true, used_for_first_factor: true },
        },
      },
    });

    const { status, body } = await other.bapi.post('/v1/invitations', { email_address: testEmail() });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('invitations_not_supported');
  });
});

describe('BAPI CreateBulkInvitations', () => {
  it('invites all or none', async () => {
    const [first, second] = [testEmail(), testEmail()];

    const { status, body } = await bapi.post('/v1/invitations/bulk', [
      { email_address: first },
      { email_address: second, template_slug: 'waitlist_invitation' },
    ]);
    expect(status).toBe(200);
    expect(body.map((row: { email_address: string }) => row.email_address)).toEqual([first, second]);

    const third = testEmail();
    const refused = await bapi.post('/v1/invitations/bulk', [{ email_address: third }, { email_address: first }]);
    expect(refused.status).toBe(400);
    expect((await invite({ email_address: third })).status).toBe(200);
  });

  it('refuses more than ten', async () => {
    const eleven = Array.from({ length: 11 }, () => ({ email_address: testEmail() }));

    expect((await bapi.post('/v1/invitations/bulk', eleven)).status).toBe(422);
  });
});

describe('BAPI ListInvitations', () => {
  it('lists by status, newest first, as an array or as a page', async () => {
    const other = await anotherInstance();
    const made = [];
    for (let i = 0; i < 3; i++)
      made.push((await other.bapi.post('/v1/invitations', { email_address: testEmail() })).body);
    await other.bapi.post(`/v1/invitations/${made[0].id}/revoke`);
    const ids = (rows: { id: string }[]) => rows.map((row) => row.id);

    expect(ids((await other.bapi.get('/v1/invitations')).body).sort()).toEqual([made[1].id, made[2].id].sort());
    expect(ids((await other.bapi.get('/v1/invitations?status=revoked')).body)).toEqual([made[0].id]);
    const page = await other.bapi.get('/v1/invitations?paginated=true&limit=1');
    expect(page.body).toMatchObject({ total_count: 2 });
    expect(page.body.data).toHaveLength(1);
    const found = await other.bapi.get(`/v1/invitations?query=${made[1].email_address.slice(0, 12)}`);
    expect(ids(found.body)).toEqual([made[1].id]);
    const ordered = async (order: string, rest = '') =>
      (await other.bapi.get(`/v1/invitations?order_by=${order}${rest}`)).body.map(
        (row: { email_address: string }) => row.email_address,
      );
    const addresses = [made[1].email_address, made[2].email_address].sort();
    expect(await ordered('email_address')).toEqual(addresses);
    expect(await ordered('-email_address', '&offset=1')).toEqual([addresses[0]]);

    clock.advance(31 * DAY_MS);
    expect((await other.bapi.get('/v1/invitations?status=pending')).body).toEqual([]);
    expect((await other.bapi.get('/v1/invitations?status=expired')).body).toHaveLength(2);
    expect((await other.bapi.post('/v1/invitations', { email_address: made[1].email_address })).status).toBe(200);
  });
});

describe('BAPI RevokeInvitation', () => {
  it('makes the link stop working', async () => {
    const { body } = await invite();

    const revoked = await bapi.post(`/v1/invitations/${body.id}/revoke`);

    expect(revoked.status).toBe(200);
    expect(revoked.body).toMatchObject({ id: body.id, status: 'revoked', revoked: true });
    const ticket = new URL(body.url).searchParams.get('ticket')!;
    const followed = await browser().get('/v1/tickets/accept', { ticket });
    expect(followed.status).toBe(400);
    expect(followed.body.errors[0].code).toBe('revoked_invitation');
  });

  it('refuses one that was revoked, and knows none of another instance', async () => {
    const { body } = await invite();
    await bapi.post(`/v1/invitations/${body.id}/revoke`);
    const other = await anotherInstance();

    const again = await bapi.post(`/v1/invitations/${body.id}/revoke`);
    expect(again.status).toBe(400);
    expect(again.body.errors[0].code).toBe('invitation_already_revoked');
    expect((await other.bapi.post(`/v1/invitations/${body.id}/revoke`)).status).toBe(404);
  });
});

const mailTo = (to: string) => until(`a mail for ${to}`, () => latchkey.inbox.list({ to })[0]);
