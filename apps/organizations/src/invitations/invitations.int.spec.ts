import { OrganizationsClient, systemContext } from '@latchkey/clients';
import { MemorySharedState } from '@latchkey/state';
import { testEmail, useLatchkey, type Reply, until } from '@latchkey/testing';

const settings = { organizations: { enabled: true, max_allowed_memberships: 0 } };
const DAY_MS = 86_400_000;

const refusal = ({ status, body }: Reply) => [status, body.errors?.[0].code];

describe('invitations', () => {
  const latchkey = useLatchkey({ settings });
  const { bapi, given, events, clock, anotherInstance } = latchkey;

  /** An organization of a user, and their browser. */
  const owned = async (fields: object = {}) => {
    const owner = await given.signedInBrowser();
    const { body } = await bapi.post('/v1/organizations', { name: 'Acme', created_by: owner.userId, ...fields });
    return { owner, id: body.id as string, path: `/v1/organizations/${body.id}/invitations` };
  };
  const invite = (path: string, email_address: string, fields: object = {}) =>
    bapi.post(path, { email_address, role: 'org:member', ...fields });
  const counts = async (id: string) => {
    const { body } = await bapi.get(`/v1/organizations/${id}?include_members_count=true`);
    return [body.members_count, body.pending_invitations_count];
  };
  /** The last mail to an address; waits for one. */
  const mailTo = (to: string) => until(`a mail for ${to}`, () => latchkey.inbox.list({ to })[0]);
  const ticketOf = (url: string) => new URL(url).searchParams.get('ticket')!;
  const client = () => {
    const { transport } = latchkey.between;
    return new OrganizationsClient(transport, new MemorySharedState(clock));
  };
  const context = () => systemContext('test', latchkey.at.instance.id);

  describe('BAPI CreateOrganizationInvitation', () => {
    it('invites an address, by mail', async () => {
      const { id, path, owner } = await owned();

      const { status, body } = await invite(path, 'New.Member@example.com', {
        inviter_user_id: owner.userId,
        public_metadata: { team: 'red' },
        private_metadata: { cost: 1 },
        redirect_url: 'https://app.example.com/welcome',
        expires_in_days: 3,
      });

      expect(status).toBe(200);
      expect(body).toMatchObject({
        object: 'organization_invitation',
        email_address: 'new.member@example.com',
        role: 'org:member',
        role_name: 'Member',
        organization_id: id,
        inviter_id: owner.userId,
        public_inviter_data: { user_id: owner.userId },
        status: 'pending',
        public_metadata: { team: 'red' },
        private_metadata: { cost: 1 },
        expires_at: body.created_at + 3 * DAY_MS,
      });
      expect(body.id).toMatch(/^orginv_/);
      expect(await counts(id)).toEqual([1, 1]);
      const [created] = await events.of('organizationInvitation.created', id);
      expect(created?.data).toMatchObject({ id: body.id, url: null, public_organization_data: { id, name: 'Acme' } });
      const sent = await events.next('email.created', (event) => event.subject === id);
      expect(sent.data).toMatchObject({ slug: 'organization_invitation', to_email_address: 'new.member@example.com' });
      const mail = await mailTo('new.member@example.com');
      expect(mail?.text).toContain(body.url);
      expect(mail?.subject).toContain('Acme');
    });

    it('mails nothing without notify', async () => {
      const { path } = await owned();

      await invite(path, 'quiet@example.com', { notify: false });

      await events.settled();
      expect(latchkey.inbox.list({ to: 'quiet@example.com' })).toEqual([]);
    });

    it('refuses what cannot be invited', async () => {
      const { id, path, owner } = await owned();
      const member = await given.signedInBrowser();
      await bapi.post(`/v1/organizations/${id}/memberships`, { user_id: member.userId, role: 'org:member' });
      const address = testEmail();
      await invite(path, address);

      expect(refusal(await invite(path, address))).toEqual([400, 'organization_invitation_not_unique']);
      expect(refusal(await invite(path, owner.email))).toEqual([400, 'already_a_member_in_organization']);
      expect(refusal(await invite(path, testEmail(), { role: 'org:none' }))).toEqual([422, 'form_param_value_invalid']);
      expect(refusal(await invite(path, 'nonsense'))).toEqual([422, 'form_param_format_invalid']);
      expect(refusal(await invite(path, testEmail(), { expires_in_days: 366 }))).toEqual([
        422,
        'form_param_value_too_large',
      ]);
      expect(refusal(await invite(path, testEmail(), { inviter_user_id: 'user_none' }))).toEqual([
        403,
        'not_a_member_in_organization',
      ]);
      expect(refusal(await invite(path, testEmail(), { inviter_user_id: member.userId }))).toEqual([
        403,
        'missing_organization_permission',
      ]);
      expect(refusal(await invite('/v1/organizations/org_none/invitations', testEmail()))).toEqual([
        404,
        'resource_not_found',
      ]);
    });

    it('makes one of three invitations of one address at once', async () => {
      const { id, path } = await owned();
      const address = testEmail();

      const replies = await Promise.all([1, 2, 3].map(() => invite(path, address)));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
      expect(await counts(id)).toEqual([1, 1]);
    });

    it('counts pending invitations as members of tomorrow', async () => {
      const { id, path } = await owned({ max_allowed_memberships: 3 });

      const replies = await Promise.all([1, 2, 3, 4].map(() => invite(path, testEmail())));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 200, 403, 403]);
      expect(refusal(replies.find((reply) => reply.status === 403)!)).toEqual([
        403,
        'organization_membership_quota_exceeded',
      ]);
      expect(await counts(id)).toEqual([1, 2]);
    });

    it('is off where users have no e-mail addresses', async () => {
      const own = await anotherInstance({
        settings: { ...settings, attributes: { email_address: { enabled: false }, username: { enabled: true } } },
      });
      const { body } = await own.bapi.post('/v1/organizations', { name: 'Acme' });

      const reply = await own.bapi.post(`/v1/organizations/${body.id}/invitations`, {
        email_address: testEmail(),
        role: 'org:member',
      });

      expect(refusal(reply)).toEqual([400, 'invitations_not_supported']);
    });
  });

  describe('BAPI CreateOrganizationInvitationBulk', () => {
    const bulk = (path: string, addresses: string[]) =>
      bapi.post(
        `${path}/bulk`,
        addresses.map((email_address) => ({ email_address, role: 'org:member' })),
      );

    it('makes all', async () => {
      const { id, path } = await owned();

      const { body } = await bulk(path, [testEmail(), testEmail()]);

      expect(body).toMatchObject({ total_count: 2, data: [{ status: 'pending' }, { status: 'pending' }] });
      expect(await counts(id)).toEqual([1, 2]);
    });

    it('makes none when one is invited already, or named twice, or they are too many', async () => {
      const { id, path } = await owned();
      const address = testEmail();
      await invite(path, address);

      const { slug } = (await bapi.get(`/v1/organizations/${id}`)).body;
      const taken = await bulk(path, [testEmail(), address]);
      const takenBySlug = await bulk(`/v1/organizations/${slug}/invitations`, [testEmail(), address]);
      const twice = testEmail();

      expect(taken.body.errors[0]).toMatchObject({ code: 'duplicate_record', meta: { email_addresses: [address] } });
      expect(takenBySlug.body.errors[0]).toMatchObject({ meta: { email_addresses: [address] } });
      expect(refusal(await bulk(path, [twice, twice]))).toEqual([400, 'duplicate_record']);
      expect(refusal(await bulk(path, Array.from({ length: 11 }, testEmail)))).toEqual([400, 'bulk_size_exceeded']);
      expect(await counts(id)).toEqual([1, 1]);
    });
  });

  describe('BAPI ListOrganizationInvitations', () => {
    it('filters, orders and pages', async () => {
      const { path } = await owned();
      const made = [];
      for (const name of ['b', 'a', 'c']) {
        made.push((await invite(path, `${name}-${testEmail()}`, { expires_in_days: name === 'c' ? 1 : 30 })).body);
        clock.advance(1000);
      }
      const [b, a, c] = made.map((row) => row.id as string);
      await bapi.post(`${path}/${a}/revoke`);
      const ids = async (query: string) =>
        (await bapi.get(`${path}?${query}`)).body.data.map((row: { id: string }) => row.id);

      expect(await ids('')).toEqual([c, a, b]);
      expect(await ids('order_by=email_address')).toEqual([a, b, c]);
      expect(await ids('status=revoked')).toEqual([a]);
      expect(await ids(`email_address=${encodeURIComponent(made[0].email_address)}`)).toEqual([b]);
      clock.advance(2 * DAY_MS);
      expect(await ids('status=pending')).toEqual([b]);
      expect(await ids('status=expired')).toEqual([c]);
      expect((await bapi.get(`${path}?limit=1&offset=1`)).body).toMatchObject({ total_count: 3, data: [{ id: a }] });
      expect((await bapi.get(`${path}?status=lost`)).status).toBe(422);
    });
  });

  describe('BAPI ListPendingOrganizationInvitations', () => {
    it('shows those that wait', async () => {
      const { path } = await owned();
      const { body } = await invite(path, testEmail());
      const revoked = (await invite(path, testEmail())).body;
      await bapi.post(`${path}/${revoked.id}/revoke`);

      expect((await bapi.get(`${path}/pending`)).body).toMatchObject({ total_count: 1, data: [{ id: body.id }] });
    });
  });

  describe('BAPI ListInstanceOrganizationInvitations', () => {
    it('searches those of every organization', async () => {
      const { id, path } = await owned();
      const { body } = await invite(path, `needle-${testEmail()}`);

      const { body: found } = await bapi.get('/v1/organization_invitations?query=needle-&order_by=expires_at');

      expect(found).toMatchObject({ total_count: 1, data: [{ id: body.id, public_organization_data: { id } }] });
    });
  });

  describe('BAPI UsersGetOrganizationInvitations', () => {
    it("shows those to the user's addresses", async () => {
      const { path } = await owned();
      const user = await given.signedInBrowser();
      const { body } = await invite(path, user.email);

      const reply = await bapi.get(`/v1/users/${user.userId}/organization_invitations?status=pending`);

      expect(reply.body).toMatchObject({ total_count: 1, data: [{ id: body.id }] });
      expect(refusal(await bapi.get('/v1/users/user_none/organization_invitations'))).toEqual([
        404,
        'resource_not_found',
      ]);
    });
  });

  describe('BAPI GetOrganizationInvitation', () => {
    it('shows its link while it is pending', async () => {
      const { path } = await owned();
      const { body } = await invite(path, testEmail());

      expect((await bapi.get(`${path}/${body.id}`)).body).toMatchObject({ id: body.id, url: body.url });
      await bapi.post(`${path}/${body.id}/revoke`);
      expect((await bapi.get(`${path}/${body.id}`)).body).toMatchObject({ status: 'revoked', url: null });
      expect(refusal(await bapi.get(`${path}/orginv_none`))).toEqual([404, 'resource_not_found']);
    });
  });

  describe('BAPI RevokeOrganizationInvitation', () => {
    it('has one winner when three callers revoke at once', async () => {
      const { id, path } = await owned();
      const { body } = await invite(path, testEmail());

      const replies = await Promise.all([1, 2, 3].map(() => bapi.post(`${path}/${body.id}/revoke`)));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 404, 404]);
      expect(refusal(replies.find((reply) => reply.status === 404)!)).toEqual([
        404,
        'organization_invitation_not_pending',
      ]);
      expect(await counts(id)).toEqual([1, 0]);
      expect(await events.of('organizationInvitation.revoked', id)).toHaveLength(1);
    });

    it('asks that the requesting user manages the members', async () => {
      const { path, owner } = await owned();
      const { body } = await invite(path, testEmail());

      expect(refusal(await bapi.post(`${path}/${body.id}/revoke`, { requesting_user_id: 'user_none' }))).toEqual([
        403,
        'not_a_member_in_organization',
      ]);
      expect((await bapi.post(`${path}/${body.id}/revoke`, { requesting_user_id: owner.userId })).status).toBe(200);
    });

    it('frees the address for another invitation', async () => {
      const { path } = await owned();
      const { body } = await invite(path, testEmail());
      await bapi.post(`${path}/${body.id}/revoke`);

      expect((await invite(path, body.email_address)).status).toBe(200);
    });
  });

  describe('FAPI createOrganizationInvitations', () => {
    it('is for those who manage the members', async () => {
      const { id, path, owner } = await owned();
      const member = await given.signedInBrowser();
      await bapi.post(`/v1/organizations/${id}/memberships`, { user_id: member.userId, role: 'org:member' });

      const made = await owner.browser.post(path, { email_address: testEmail(), role: 'org:member' });
      const refused = await member.browser.post(path, { email_address: testEmail(), role: 'org:member' });

      expect(made.body.response).toMatchObject({ status: 'pending', role: 'org:member', url: null });
      expect(made.body.response).not.toHaveProperty('private_metadata');
      expect(refusal(refused)).toEqual([403, 'missing_organization_permission']);
    });

    it('lets nobody flood an address by withdrawing and inviting again', async () => {
      const { path, owner } = await owned();
      const email_address = testEmail();
      const invite = () => owner.browser.post(path, { email_address, role: 'org:member' });
      for (let count = 0; count < 5; count++) {
        const { body } = await invite();
        expect((await owner.browser.post(`${path}/${body.response.id}/revoke`)).status).toBe(200);
      }

      expect(refusal(await invite())).toEqual([429, 'too_many_requests']);
      expect((await bapi.post(path, { email_address, role: 'org:member' })).status).toBe(200);
    });
  });

  describe('FAPI bulkCreateOrganizationInvitations', () => {
    it('answers the plain list', async () => {
      const { path, owner } = await owned();

      const { body } = await owner.browser.post(`${path}/bulk`, {
        email_address: [testEmail(), testEmail()],
        role: 'org:member',
      });

      expect(body.response).toHaveLength(2);
    });
  });

  describe('FAPI getOrganizationInvitations', () => {
    it('shows those in a state', async () => {
      const { path, owner } = await owned();
      await invite(path, testEmail());

      const { body } = await owner.browser.get(path, { status: 'pending' });

      expect(body.response).toMatchObject({ total_count: 1, data: [{ status: 'pending' }] });
      expect((await owner.browser.get(path, { status: 'accepted' })).body.response.total_count).toBe(0);
    });
  });

  describe('FAPI getAllPendingOrganizationInvitations', () => {
    it('answers the plain list', async () => {
      const { path, owner } = await owned();
      await invite(path, testEmail());

      expect((await owner.browser.get(`${path}/pending`)).body.response).toHaveLength(1);
    });
  });

  describe('FAPI revokePendingOrganizationInvitation', () => {
    it('withdraws it', async () => {
      const { path, owner } = await owned();
      const { body } = await invite(path, testEmail());

      const revoked = await owner.browser.post(`${path}/${body.id}/revoke`);

      expect(revoked.body.response).toMatchObject({ id: body.id, status: 'revoked' });
      expect(refusal(await owner.browser.post(`${path}/${body.id}/revoke`))).toEqual([
        404,
        'organization_invitation_not_pending',
      ]);
    });
  });

  describe('FAPI getUsersOrganizationInvitations', () => {
    it("shows the caller's own", async () => {
      const { id, path } = await owned();
      const user = await given.signedInBrowser();
      await invite(path, user.email);

      const { body } = await user.browser.get('/v1/me/organization_invitations', { status: 'pending' });

      expect(body.response).toMatchObject({
        total_count: 1,
        data: [{ email_address: user.email, public_organization_data: { id, name: 'Acme', has_image: false } }],
      });
    });
  });

  describe('FAPI acceptOrganizationInvitation', () => {
    it('joins at once, with the metadata of the invitation', async () => {
      const { id, path } = await owned();
      const user = await given.signedInBrowser();
      const { body } = await invite(path, user.email, {
        public_metadata: { team: 'red' },
        private_metadata: { cost: 1 },
      });

      const accepted = await user.browser.post(`/v1/me/organization_invitations/${body.id}/accept`);

      expect(accepted.body.response).toMatchObject({
        id: body.id,
        status: 'accepted',
        public_organization_data: { id },
      });
      expect(accepted.body.client.sessions[0].user.organization_memberships).toMatchObject([{ organization: { id } }]);
      const { body: members } = await bapi.get(`/v1/organizations/${id}/memberships?user_id=${user.userId}`);
      expect(members.data).toMatchObject([
        { role: 'org:member', public_metadata: { team: 'red' }, private_metadata: { cost: 1 } },
      ]);
      expect(await counts(id)).toEqual([2, 0]);
      expect((await events.of('organizationInvitation.accepted', id))[0]?.data).toMatchObject({ user_id: user.userId });
    });

    it('has one winner when one invitation is accepted three times at once', async () => {
      const { id, path } = await owned();
      const user = await given.signedInBrowser();
      const { body } = await invite(path, user.email);

      const replies = await Promise.all(
        [1, 2, 3].map(() => user.browser.post(`/v1/me/organization_invitations/${body.id}/accept`)),
      );

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
      expect(refusal(replies.find((reply) => reply.status === 400)!)).toEqual([
        400,
        'organization_invitation_already_accepted',
      ]);
      expect(await counts(id)).toEqual([2, 0]);
    });

    it('has one winner of an accept and a revoke at once', async () => {
      const { id, path } = await owned();
      const user = await given.signedInBrowser();
      const { body } = await invite(path, user.email);

      const [accepted, revoked] = await Promise.all([
        user.browser.post(`/v1/me/organization_invitations/${body.id}/accept`),
        bapi.post(`${path}/${body.id}/revoke`),
      ]);

      expect([accepted.status === 200, revoked.status === 200].filter(Boolean)).toHaveLength(1);
      expect(await counts(id)).toEqual([accepted.status === 200 ? 2 : 1, 0]);
    });

    it('knows only invitations to addresses of the caller, and not those past their time', async () => {
      const { path } = await owned();
      const user = await given.signedInBrowser();
      const foreign = (await invite(path, testEmail())).body;
      const old = (await invite(path, user.email, { expires_in_days: 1 })).body;

      expect(refusal(await user.browser.post(`/v1/me/organization_invitations/${foreign.id}/accept`))).toEqual([
        404,
        'organization_invitation_not_found',
      ]);
      clock.advance(DAY_MS + 1000);
      const late = await user.browser.post(`/v1/me/organization_invitations/${old.id}/accept`);
      expect(refusal(late)).toEqual([404, 'organization_invitation_not_pending']);
    });
  });

  describe('tickets', () => {
    it('make a user a member, once', async () => {
      const { id, path } = await owned();
      const user = await given.signedInBrowser();
      const { body } = await invite(path, testEmail(), { redirect_url: 'https://app.example.com/' });
      const ticket = ticketOf(body.url);

      expect(await client().inspectTicket(context(), ticket)).toMatchObject({
        invitation_id: body.id,
        organization_id: id,
        email_address: body.email_address,
        redirect_url: 'https://app.example.com/',
      });
      const results = await Promise.allSettled(
        [1, 2, 3].map(() => client().redeemTicket(context(), ticket, user.userId)),
      );

      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      await expect(client().inspectTicket(context(), ticket)).rejects.toMatchObject({
        status: 400,
        code: 'organization_invitation_already_accepted',
      });
      expect(await counts(id)).toEqual([2, 0]);
    });

    it('say why they do not work', async () => {
      const { id, path } = await owned();
      const make = async (fields: object = {}) => (await invite(path, testEmail(), fields)).body;
      const [revoked, old, orphan] = [await make(), await make({ expires_in_days: 1 }), await make()];
      await bapi.post(`${path}/${revoked.id}/revoke`);
      const why = (ticket: string) => client().inspectTicket(context(), ticket);

      await expect(why('orgtkt_nonsense')).rejects.toMatchObject({ code: 'ticket_invalid_code' });
      await expect(why(`${ticketOf(revoked.url)}x`)).rejects.toMatchObject({ code: 'ticket_invalid_code' });
      await expect(why(ticketOf(revoked.url))).rejects.toMatchObject({ code: 'organization_invitation_revoked_code' });
      clock.advance(DAY_MS + 1000);
      await expect(why(ticketOf(old.url))).rejects.toMatchObject({ code: 'ticket_expired_code' });
      await bapi.delete(`/v1/organizations/${id}`);
      await expect(why(ticketOf(orphan.url))).rejects.toMatchObject({
        code: 'organization_invitation_to_deleted_organization',
      });
    });
  });
});
