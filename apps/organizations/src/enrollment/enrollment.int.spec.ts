import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { useLatchkey, type Reply, until } from '@latchkey/testing';

const MODES = ['manual_invitation', 'automatic_invitation', 'automatic_suggestion'];
const settings = {
  organizations: { enabled: true, max_allowed_memberships: 0, domains: { enabled: true, enrollment_modes: MODES } },
};
const refusal = ({ status, body }: Reply) => [status, body.errors?.[0].code];

describe('enrollment by domain', () => {
  const latchkey = useLatchkey({ settings });
  const { bapi, given, events, sweep } = latchkey;

  /** An organization with a verified domain, and who manages it. */
  const withDomain = async (enrollment_mode: string) => {
    const owner = await given.signedInBrowser();
    const { body } = await bapi.post('/v1/organizations', { name: 'Acme', created_by: owner.userId });
    const name = `${randomUUID()}.example`;
    const domain = await bapi.post(`/v1/organizations/${body.id}/domains`, { name, enrollment_mode });
    return {
      id: body.id as string,
      owner,
      domainId: domain.body.id as string,
      requests: `/v1/organizations/${body.id}/membership_requests`,
      newcomer: () => given.signedInBrowser({ email_address: `${randomUUID()}+clerk_test@${name}` }),
    };
  };
  /** Waits until what events have asked for is done. */
  const nothingDue = async () => {
    await events.settled();
    const database = new Client({ connectionString: latchkey.at.databaseUrls.organizations });
    await database.connect();
    try {
      await until('no task is due', async () => (await database.query('SELECT FROM due_tasks')).rowCount === 0);
    } finally {
      await database.end();
    }
  };
  type SignedIn = Awaited<ReturnType<typeof given.signedInBrowser>>;
  /** A list of the user's own; waits until it has something, for the event is on its way. */
  const own = async ({ browser }: SignedIn, what: string) => {
    return until(`some ${what}`, async () => {
      const { body } = await browser.get(`/v1/me/organization_${what}`);
      // The rows and their number are read one after the other: an entry may come in between.
      return body.response.data.length > 0 && body.response;
    });
  };
  /** A newcomer who has asked to join. */
  const asked = async (organization: Awaited<ReturnType<typeof withDomain>>) => {
    const user = await organization.newcomer();
    const [suggestion] = (await own(user, 'suggestions')).data;
    await user.browser.post(`/v1/me/organization_suggestions/${suggestion.id}/accept`);
    const { body } = await organization.owner.browser.get(organization.requests, { status: 'pending' });
    return { user, request: body.response.data[0] as { id: string; public_user_data: { user_id: string } } };
  };

  it('invites by itself, outside the lists of the organization, once', async () => {
    const { id, domainId, newcomer } = await withDomain('automatic_invitation');
    const user = await newcomer();

    const { data } = await own(user, 'invitations');

    expect(data).toMatchObject([{ status: 'pending', role: 'org:member', public_organization_data: { id } }]);
    expect((await bapi.get(`/v1/organizations/${id}/invitations`)).body.total_count).toBe(0);
    const domains = await bapi.get(`/v1/organizations/${id}/domains`);
    expect(domains.body.data).toMatchObject([{ id: domainId, total_pending_invitations: 1 }]);
    await user.browser.post(`/v1/me/organization_invitations/${data[0].id}/accept`);
    const { body } = await bapi.get(`/v1/organizations/${id}?include_members_count=true`);
    expect([body.members_count, body.pending_invitations_count]).toEqual([2, 0]);
  });

  describe.each([
    ['automatic_invitation', 'invitations'],
    ['automatic_suggestion', 'suggestions'],
  ])('%s, switched on for a domain that users have already', (enrollment_mode, what) => {
    it('reaches those who have proved an address of it, once, and members and others never', async () => {
      const { id, domainId, newcomer } = await withDomain('manual_invitation');
      const [proved, member] = [await newcomer(), await newcomer()];
      await bapi.post(`/v1/organizations/${id}/memberships`, { user_id: member.userId, role: 'org:member' });
      const address = `${randomUUID()}@${proved.email.split('@')[1]}`;
      const unproved = await given.signedInBrowser();
      await bapi.post('/v1/email_addresses', {
        user_id: unproved.userId,
        email_address: address,
        verified: false,
      });
      await events.settled();
      const path = `/v1/organizations/${id}/domains/${domainId}`;

      await bapi.patch(path, { enrollment_mode });

      expect((await own(proved, what)).data).toMatchObject([{ status: 'pending', public_organization_data: { id } }]);
      await bapi.patch(path, { enrollment_mode: 'manual_invitation' });
      await bapi.patch(path, { enrollment_mode });
      await sweep();
      const { body } = await bapi.get(`/v1/organizations/${id}/domains`);
      expect(body.data).toMatchObject([{ [`total_pending_${what}`]: 1 }]);
      expect((await unproved.browser.get(`/v1/me/organization_${what}`)).body.response.data).toEqual([]);
    });
  });

  describe.each([
    ['the settings', 'automatic_invitation', 'invitations', { domains_enrollment_modes: [] }],
    ['the settings', 'automatic_suggestion', 'suggestions', { domains_enabled: false }],
    ['the settings', 'automatic_invitation', 'invitations', { enabled: false }],
    ['a declaration', 'automatic_suggestion', 'suggestions', undefined],
  ])('domains that %s let work again: %s', (_, enrollment_mode, what, off) => {
    it('reach those who came meanwhile', async () => {
      const { id, newcomer } = await withDomain(enrollment_mode);
      const instance = latchkey.at.instance;
      const { organizations } = settings;
      if (off) await bapi.patch('/v1/instance/organization_settings', off);
      else await instance.redeclare({ organizations: { ...organizations, domains: { enabled: false } } });
      const user = await newcomer();
      await nothingDue();
      const list = () => user.browser.get(`/v1/me/organization_${what}`);
      const before = await list();

      const on = { enabled: true, domains_enabled: true, domains_enrollment_modes: MODES };
      if (off) await bapi.patch('/v1/instance/organization_settings', on);
      else await instance.redeclare(settings);

      expect(before.body.response?.data ?? []).toEqual([]);
      expect((await own(user, what)).data).toMatchObject([{ status: 'pending', public_organization_data: { id } }]);
      await nothingDue();
      expect((await list()).body.response.total_count).toBe(1);
    });
  });

  describe('FAPI getOrganizationSuggestions', () => {
    it('shows what the address leads to, and nothing to others', async () => {
      const { id, newcomer } = await withDomain('automatic_suggestion');
      const user = await newcomer();
      const stranger = await given.signedInBrowser();

      const { data } = await own(user, 'suggestions');

      expect(data).toMatchObject([{ status: 'pending', public_organization_data: { id, name: 'Acme' } }]);
      const { body } = await stranger.browser.get('/v1/me/organization_suggestions', { status: 'pending' });
      expect(body.response.total_count).toBe(0);
    });
  });

  describe('FAPI acceptOrganizationSuggestion', () => {
    it('asks to join, once', async () => {
      const { newcomer, owner, requests } = await withDomain('automatic_suggestion');
      const user = await newcomer();
      const [suggestion] = (await own(user, 'suggestions')).data;
      const accept = () => user.browser.post(`/v1/me/organization_suggestions/${suggestion.id}/accept`);

      const replies = await Promise.all([accept(), accept(), accept()]);

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
      expect(refusal(replies.find((reply) => reply.status === 400)!)[1]).toBe(
        'organization_suggestion_already_accepted',
      );
      const { body } = await owner.browser.get(requests);
      expect(body.response.total_count).toBe(1);
      expect(refusal(await user.browser.post('/v1/me/organization_suggestions/orgsug_none/accept'))).toEqual([
        404,
        'resource_not_found',
      ]);
    });
  });

  describe('FAPI acceptOrganizationSuggestion, to those who decide', () => {
    it('mails the managers, and nobody else', async () => {
      const organization = await withDomain('automatic_suggestion');
      const address = () => `${randomUUID()}@example.com`;
      const [manager, member] = [address(), address()];
      for (const [email, role] of [
        [manager, 'org:admin'],
        [member, 'org:member'],
      ] as const) {
        const { id } = await given.user({ email_address: [email] });
        await bapi.post(`/v1/organizations/${organization.id}/memberships`, { user_id: id, role });
      }

      const { user } = await asked(organization);

      const mails = (await events.of('email.created', organization.id)).map(({ data }) => data);
      expect(mails).toMatchObject([
        {
          slug: 'organization_membership_requested',
          to_email_address: manager,
          data: { org: { name: 'Acme' }, requester: { name: user.email } },
        },
      ]);
    });
  });

  describe('FAPI listOrganizationMembershipRequests', () => {
    it('shows who asks, to those who manage the members', async () => {
      const organization = await withDomain('automatic_suggestion');
      const { user, request } = await asked(organization);
      const member = await given.signedInBrowser();
      await bapi.post(`/v1/organizations/${organization.id}/memberships`, {
        user_id: member.userId,
        role: 'org:member',
      });

      expect(request).toMatchObject({ status: 'pending', public_user_data: { user_id: user.userId } });
      expect(refusal(await member.browser.get(organization.requests))).toEqual([
        403,
        'missing_organization_permission',
      ]);
    });
  });

  describe('FAPI acceptOrganizationMembershipRequest', () => {
    it('makes the user a member, once', async () => {
      const organization = await withDomain('automatic_suggestion');
      const { user, request } = await asked(organization);
      const accept = () => organization.owner.browser.post(`${organization.requests}/${request.id}/accept`);

      const replies = await Promise.all([accept(), accept(), accept()]);

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 404, 404]);
      const { body } = await user.browser.get('/v1/client');
      expect(body.response.sessions[0].user.organization_memberships).toMatchObject([
        { role: 'org:member', organization: { id: organization.id, members_count: 2 } },
      ]);
    });
  });

  describe('FAPI rejectOrganizationMembershipRequest', () => {
    it('lets nobody in', async () => {
      const organization = await withDomain('automatic_suggestion');
      const { request } = await asked(organization);

      const { body } = await organization.owner.browser.post(`${organization.requests}/${request.id}/reject`);

      expect(body.response).toMatchObject({ id: request.id, status: 'revoked' });
      const again = await organization.owner.browser.post(`${organization.requests}/${request.id}/accept`);
      expect(refusal(again)).toEqual([404, 'resource_not_found']);
    });
  });

  describe('FAPI getOrganizationCreationDefaults', () => {
    const defaults = async ({ browser }: SignedIn) =>
      (await browser.get('/v1/me/organization_creation_defaults')).body.response;

    it('proposes the name of the domain, and a slug that is free', async () => {
      const label = `acme-${randomUUID().slice(0, 8)}`;
      const user = await given.signedInBrowser({ email_address: `ada+clerk_test@${label}.com` });
      const name = `Acme ${label.charAt(5).toUpperCase()}${label.slice(6)}`;

      expect(await defaults(user)).toEqual({
        advisory: null,
        form: { name, slug: label, logo: null, blur_hash: null },
      });
      await user.browser.post('/v1/organizations', { name, slug: label });
      expect((await defaults(user)).form.slug).toMatch(new RegExp(`^${label}-`));
    });

    it('is asked by the components where the instance says so, and answers either way', async () => {
      const user = await given.signedInBrowser();
      const isAsked = async () =>
        (await user.browser.get('/v1/environment')).body.organization_settings.organization_creation_defaults.enabled;
      const before = await isAsked();

      await latchkey.at.instance.redeclare({
        organizations: { ...settings.organizations, creation_defaults: { enabled: true } },
      });

      expect([before, await isAsked()]).toEqual([false, true]);
      await latchkey.at.instance.redeclare(settings);
      expect((await defaults(user)).form.name).toEqual(expect.any(String));
    });

    it('proposes the name of who has an address of a provider', async () => {
      const email_address = `${randomUUID()}+clerk_test@gmail.com`;
      const user = await given.signedInBrowser({ email_address, first_name: 'Ada' });

      expect((await defaults(user)).form).toMatchObject({ name: "Ada's organization", logo: null });
    });

    it('warns who has an address of an organization that there is one, and not its members', async () => {
      const { newcomer, id } = await withDomain('manual_invitation');
      const user = await newcomer();

      expect((await defaults(user)).advisory).toEqual({
        code: 'organization_already_exists',
        severity: 'warning',
        meta: { organization_name: 'Acme', organization_domain: user.email.split('@')[1] },
      });
      await bapi.post(`/v1/organizations/${id}/memberships`, { user_id: user.userId, role: 'org:member' });
      expect((await defaults(user)).advisory).toBeNull();
    });
  });
});
