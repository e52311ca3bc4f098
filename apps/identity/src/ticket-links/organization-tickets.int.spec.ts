import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';

const { bapi, browser, given } = useLatchkey({
  settings: {
    organizations: { enabled: true, max_allowed_memberships: 0 },
    sign_up: { mode: 'restricted' },
  },
});

const SIGN_INS = '/v1/client/sign_ins';
const SIGN_UPS = '/v1/client/sign_ups';

/** An invitation of an organization to an address. */
async function invitation(email_address: string) {
  const { id: owner } = await given.user();
  const organization = await given.organization(owner);
  const path = `/v1/organizations/${organization.id}/invitations`;
  const { status, body } = await bapi.post(path, { email_address, role: 'org:member' });
  if (status !== 200) throw new Error(`no invitation: ${JSON.stringify(body)}`);
  const ticket = new URL(body.url).searchParams.get('ticket')!;
  return { ticket, organizationId: organization.id, revoke: () => bapi.post(`${path}/${body.id}/revoke`) };
}

/** Where a link leads, and with which status. */
async function followed(ticket: string, chrome = browser()) {
  const { status, headers } = await chrome.get('/v1/tickets/accept', { ticket });
  expect(status).toBe(303);
  const target = new URL(String(headers.location));
  expect(target.searchParams.get('__clerk_ticket')).toBe(ticket);
  return [target.pathname, target.searchParams.get('__clerk_status')];
}

interface ShownSession {
  last_active_organization_id: string | null;
  user: { organization_memberships: { organization: { id: string } }[] };
}

const memberships = (session: ShownSession) =>
  session.user.organization_memberships.map(({ organization }) => organization.id);

describe('FAPI acceptTicket of an organization', () => {
  it('leads newcomers to sign up, users to sign in, and lets who is signed in join at once', async () => {
    const newcomer = await invitation(testEmail());
    expect(await followed(newcomer.ticket)).toEqual(['/sign-up', 'sign_up']);

    const { email } = await given.user();
    const { ticket, organizationId } = await invitation(email);
    expect(await followed(ticket)).toEqual(['/sign-in', 'sign_in']);
    const chrome = browser();
    await chrome.post(SIGN_INS, { identifier: email, password: PASSWORD });
    expect(await followed(ticket, chrome)).toEqual(['/', 'complete']);
    const { body } = await chrome.get('/v1/client');
    expect(memberships(body.response.sessions[0])).toEqual([organizationId]);
  });
});

describe('FAPI createSignIn with the ticket of an organization', () => {
  it('signs in, joins, and makes the organization active; of three uses one wins', async () => {
    const { email } = await given.user();
    const { ticket, organizationId } = await invitation(email);
    const signIn = () => browser().post(SIGN_INS, { strategy: 'ticket', ticket });

    const replies = await Promise.all([signIn(), signIn(), signIn()]);

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
    const { body } = replies.find((reply) => reply.status === 200)!;
    expect(body.response.status).toBe('complete');
    const [session] = body.client.sessions as ShownSession[];
    expect(session!.last_active_organization_id).toBe(organizationId);
    expect(memberships(session!)).toEqual([organizationId]);
  });

  it('refuses whom it has no account of, and a revoked one', async () => {
    const newcomer = await invitation(testEmail());
    const { email } = await given.user();
    const revoked = await invitation(email);
    await revoked.revoke();

    const codeOf = async (ticket: string) =>
      (await browser().post(SIGN_INS, { strategy: 'ticket', ticket })).body.errors[0].code as string;
    expect(await codeOf(newcomer.ticket)).toBe('invitation_account_not_exists');
    expect(await codeOf(revoked.ticket)).toBe('organization_invitation_revoked_code');
    expect(await codeOf('orgtkt_nonsense')).toBe('ticket_invalid_code');
  });
});

describe('FAPI createSignUps with the ticket of an organization', () => {
  it('signs the invited up although sign-ups are restricted, and lets them join', async () => {
    const email = testEmail();
    const { ticket, organizationId } = await invitation(email);

    const { status, body } = await browser().post(SIGN_UPS, { strategy: 'ticket', ticket, password: PASSWORD });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ status: 'complete', email_address: email });
    const [session] = body.client.sessions as ShownSession[];
    expect(session!.last_active_organization_id).toBe(organizationId);
    expect(memberships(session!)).toEqual([organizationId]);
  });

  it('joins also when the sign-up is completed later', async () => {
    const { ticket, organizationId } = await invitation(testEmail());
    const chrome = browser();
    const begun = await chrome.post(SIGN_UPS, { strategy: 'ticket', ticket });
    expect(begun.body.response).toMatchObject({ missing_fields: ['password'], unverified_fields: [] });

    const { body } = await chrome.patch(`${SIGN_UPS}/${begun.body.response.id}`, { password: PASSWORD });

    expect(body.response.status).toBe('complete');
    expect(memberships(body.client.sessions[0])).toEqual([organizationId]);
  });

  it('refuses who has an account: they sign in with it', async () => {
    const { email } = await given.user();
    const { ticket } = await invitation(email);

    const { status, body } = await browser().post(SIGN_UPS, { strategy: 'ticket', ticket, password: PASSWORD });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('organization_invitation_identification_already_exists');
  });
});
