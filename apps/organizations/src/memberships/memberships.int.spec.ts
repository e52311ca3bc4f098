import { useLatchkey, type Reply, until } from '@latchkey/testing';

const settings = { organizations: { enabled: true, max_allowed_memberships: 0 } };

const refusal = ({ status, body }: Reply) => [status, body.errors?.[0].code];

describe('memberships', () => {
  const { bapi, given, events, clock, anotherInstance } = useLatchkey({ settings });

  /** An organization of a user, and their browser. */
  const owned = async (fields: object = {}) => {
    const owner = await given.signedInBrowser();
    const { body } = await bapi.post('/v1/organizations', { name: 'Acme', created_by: owner.userId, ...fields });
    return { owner, id: body.id as string, path: `/v1/organizations/${body.id}/memberships` };
  };
  const add = (path: string, userId: string, role = 'org:member') => bapi.post(path, { user_id: userId, role });
  const countOf = async (id: string) =>
    (await bapi.get(`/v1/organizations/${id}?include_members_count=true`)).body.members_count as number;

  describe('BAPI CreateOrganizationMembership', () => {
    it('makes a user a member', async () => {
      const { id, path } = await owned();
      const { userId, email } = await given.signedInBrowser({ first_name: 'Ada', last_name: 'Lovelace' });

      const { status, body } = await bapi.post(path, {
        user_id: userId,
        role: 'org:member',
        public_metadata: { team: 'red' },
        private_metadata: { cost: 7 },
      });

      expect(status).toBe(200);
      expect(body).toMatchObject({
        object: 'organization_membership',
        role: 'org:member',
        role_name: 'Member',
        permissions: ['org:sys_billing:read', 'org:sys_memberships:read'],
        public_metadata: { team: 'red' },
        private_metadata: { cost: 7 },
        organization: { id, members_count: 2 },
        public_user_data: {
          user_id: userId,
          first_name: 'Ada',
          last_name: 'Lovelace',
          identifier: email,
          has_image: false,
        },
      });
      expect(body.id).toMatch(/^orgmem_/);
      const created = await events.of('organizationMembership.created', id);
      expect(created.at(-1)?.data).toMatchObject({ id: body.id, organization: { members_count: 2 } });
    });

    it('takes the names that roles had before', async () => {
      const { path } = await owned();
      const { userId } = await given.signedInBrowser();

      expect((await add(path, userId, 'basic_member')).body.role).toBe('org:member');
    });

    it('refuses who is a member, an unknown role, an unknown user and an unknown organization', async () => {
      const { path, owner } = await owned();
      const { userId } = await given.signedInBrowser();

      expect(refusal(await add(path, owner.userId))).toEqual([400, 'already_a_member_in_organization']);
      expect(refusal(await add(path, userId, 'org:nothing'))).toEqual([422, 'form_param_value_invalid']);
      expect(refusal(await add(path, 'user_nobody'))).toEqual([404, 'resource_not_found']);
      expect(refusal(await add('/v1/organizations/org_none/memberships', userId))).toEqual([404, 'resource_not_found']);
      expect(refusal(await bapi.post(path, { user_id: userId }))).toEqual([422, 'form_param_missing']);
    });

    it('adds a user once when three callers want it at once', async () => {
      const { id, path } = await owned();
      const { userId } = await given.signedInBrowser();

      const replies = await Promise.all([1, 2, 3].map(() => add(path, userId)));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
      expect(replies.filter((reply) => reply.status === 400).map(refusal)).toEqual([
        [400, 'already_a_member_in_organization'],
        [400, 'already_a_member_in_organization'],
      ]);
      expect(await countOf(id)).toBe(2);
    });

    it('gives the last place to one of four who want it at once', async () => {
      const { id, path } = await owned({ max_allowed_memberships: 2 });
      const users = await Promise.all([1, 2, 3, 4].map(() => given.signedInBrowser()));

      const replies = await Promise.all(users.map(({ userId }) => add(path, userId)));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 403, 403, 403]);
      expect(refusal(replies.find((reply) => reply.status === 403)!)).toEqual([
        403,
        'organization_membership_quota_exceeded',
      ]);
      expect(await countOf(id)).toBe(2);
      expect((await bapi.get(path)).body.data).toHaveLength(2);
    });

    it('does not take users of another tenant', async () => {
      const { path } = await owned();
      const other = await anotherInstance({ settings });
      const { userId } = await other.given.signedInBrowser();

      expect(refusal(await add(path, userId))).toEqual([404, 'resource_not_found']);
    });
  });

  describe('BAPI ListOrganizationMemberships', () => {
    it('filters, searches, orders and pages', async () => {
      const { id, path, owner } = await owned();
      const names = [
        ['Ada', 'Lovelace'],
        ['Grace', 'Hopper'],
        ['Alan', 'Turing'],
      ];
      const users = [];
      for (const [first_name, last_name] of names) {
        const user = await given.signedInBrowser({ first_name: first_name!, last_name: last_name! });
        await add(path, user.userId, 'org:member');
        clock.advance(1000);
        users.push(user);
      }
      const [ada, grace, alan] = users.map((user) => user.userId);
      const ids = async (query: string) =>
        (await bapi.get(`${path}?${query}`)).body.data.map(
          (row: { public_user_data: { user_id: string } }) => row.public_user_data.user_id,
        );

      expect(await ids('')).toEqual([alan, grace, ada, owner.userId]);
      expect(await ids('order_by=%2Bcreated_at&limit=2&offset=1')).toEqual([ada, grace]);
      expect(await ids('order_by=last_name&role=org:member')).toEqual([grace, ada, alan]);
      expect(await ids('role=org:admin')).toEqual([owner.userId]);
      expect(await ids(`user_id=${ada}&user_id=%2B${alan}`)).toEqual([alan, ada]);
      expect(await ids(`user_id=-${owner.userId}&user_id=-${ada}`)).toEqual([alan, grace]);
      expect(await ids(`email_address=${encodeURIComponent(users[1]!.email)}`)).toEqual([grace]);
      expect(await ids(`email_address_query=${users[0]!.email.slice(0, 12)}`)).toEqual([ada]);
      expect(await ids('name_query=a%20love')).toEqual([ada]);
      expect(await ids('query=hopp')).toEqual([grace]);
      expect(await ids(`query=${ada}`)).toEqual([ada]);
      expect(await ids('query=%25')).toEqual([]);
      const { body } = await bapi.get(`${path}?name_query=a&limit=1`);
      expect(body).toMatchObject({ total_count: 3 });
      expect(body.data).toHaveLength(1);
      expect((await bapi.get(`${path}?limit=1`)).body.total_count).toBe(4);
      expect((await bapi.get(`${path}?order_by=colour`)).status).toBe(422);
      expect(await countOf(id)).toBe(4);
    });

    it('answers 404 for an organization of another tenant', async () => {
      const { path } = await owned();
      const other = await anotherInstance({ settings });

      expect(refusal(await other.bapi.get(path))).toEqual([404, 'resource_not_found']);
    });
  });

  describe('BAPI InstanceGetOrganizationMemberships', () => {
    it('shows those of every organization', async () => {
      const other = await anotherInstance({ settings });
      const { userId } = await other.given.signedInBrowser();
      for (const name of ['One', 'Two']) await other.bapi.post('/v1/organizations', { name, created_by: userId });

      const { body } = await other.bapi.get('/v1/organization_memberships?order_by=created_at&limit=1');

      expect(body).toMatchObject({ total_count: 2, data: [{ organization: { name: 'One' } }] });
    });
  });

  describe('BAPI UsersGetOrganizationMemberships', () => {
    it('shows where a user belongs', async () => {
      const { id, owner } = await owned();

      const { body } = await bapi.get(`/v1/users/${owner.userId}/organization_memberships`);

      expect(body).toMatchObject({ total_count: 1, data: [{ organization: { id }, role: 'org:admin' }] });
    });
  });

  describe('BAPI UpdateOrganizationMembership', () => {
    it('changes the role, and tells of it', async () => {
      const { id, path } = await owned();
      const { userId } = await given.signedInBrowser();
      await add(path, userId);

      const { status, body } = await bapi.patch(`${path}/${userId}`, { role: 'org:admin' });

      expect([status, body.role]).toEqual([200, 'org:admin']);
      expect((await events.of('organizationMembership.updated', id)).at(-1)?.data).toMatchObject({ role: 'org:admin' });
    });

    it('keeps the last who can manage the members', async () => {
      const { path, owner } = await owned();

      expect(refusal(await bapi.patch(`${path}/${owner.userId}`, { role: 'org:member' }))).toEqual([
        400,
        'organization_minimum_permissions_needed',
      ]);
    });

    it('answers 404 for who is no member', async () => {
      const { path } = await owned();

      expect(refusal(await bapi.patch(`${path}/user_none`, { role: 'org:member' }))).toEqual([
        404,
        'resource_not_found',
      ]);
    });
  });

  describe('BAPI UpdateOrganizationMembershipMetadata', () => {
    it('merges', async () => {
      const { path, owner } = await owned();
      const change = (public_metadata: object) => bapi.patch(`${path}/${owner.userId}/metadata`, { public_metadata });

      await change({ a: { b: 1 }, c: 2 });
      const { body } = await change({ a: { d: 3 }, c: null });

      expect(body.public_metadata).toEqual({ a: { b: 1, d: 3 } });
    });

    it('answers 404 for who is no member', async () => {
      const { path } = await owned();

      expect((await bapi.patch(`${path}/user_none/metadata`, { public_metadata: {} })).status).toBe(404);
    });
  });

  describe('BAPI DeleteOrganizationMembership', () => {
    it('answers the membership, counts down and tells of it', async () => {
      const { id, path } = await owned();
      const { userId } = await given.signedInBrowser();
      await add(path, userId);

      const replies = await Promise.all([1, 2, 3].map(() => bapi.delete(`${path}/${userId}`)));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 404, 404]);
      const { body } = replies.find((reply) => reply.status === 200)!;
      expect(body).toMatchObject({ object: 'organization_membership', public_user_data: { user_id: userId } });
      expect(body).not.toHaveProperty('deleted');
      expect(await countOf(id)).toBe(1);
      expect(await events.of('organizationMembership.deleted', id)).toHaveLength(1);
    });

    it('keeps the last who can manage the members', async () => {
      const { path, owner } = await owned();

      expect(refusal(await bapi.delete(`${path}/${owner.userId}`))).toEqual([
        400,
        'organization_minimum_permissions_needed',
      ]);
    });
  });

  describe('FAPI ListOrganizationMemberships', () => {
    it('answers a page to those who ask for one, else the plain list', async () => {
      const { path, owner } = await owned();

      const page = await owner.browser.get(path, { paginated: 'true', role: 'org:admin' });
      const list = await owner.browser.get(path);

      expect(page.body.response).toMatchObject({ total_count: 1, data: [{ role: 'org:admin' }] });
      expect(list.body.response).toHaveLength(1);
      expect(list.body.response[0]).not.toHaveProperty('private_metadata');
    });
  });

  describe('FAPI CreateOrganizationMembership', () => {
    it('adds a user, for those who manage the members', async () => {
      const { path, owner } = await owned();
      const user = await given.signedInBrowser();
      const another = await given.signedInBrowser();

      const added = await owner.browser.post(path, { user_id: user.userId, role: 'org:member' });
      const refused = await user.browser.post(path, { user_id: another.userId, role: 'org:member' });

      expect(added.body.response).toMatchObject({ role: 'org:member', public_user_data: { user_id: user.userId } });
      expect(refusal(refused)).toEqual([403, 'missing_organization_permission']);
    });

    it('takes the names of roles from before, and nothing else that objects have, for roles', async () => {
      const { path, owner } = await owned();
      const { userId: user_id } = await given.signedInBrowser();

      const refused = await owner.browser.post(path, { user_id, role: 'constructor' });
      const added = await owner.browser.post(path, { user_id, role: 'basic_member' });

      expect([refused.status, added.status]).toEqual([422, 200]);
    });
  });

  describe('FAPI UpdateOrganizationMembership', () => {
    it('has one winner when two admins demote each other', async () => {
      const { id, path, owner } = await owned();
      const other = await given.signedInBrowser();
      await add(path, other.userId, 'org:admin');

      const replies = await Promise.all([
        owner.browser.patch(`${path}/${other.userId}`, { role: 'org:member' }),
        other.browser.patch(`${path}/${owner.userId}`, { role: 'org:member' }),
      ]);

      const loser = replies.find((reply) => reply.status !== 200)!;
      expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
      // By then the loser may have lost the permission, or be the last who has it.
      expect(['missing_organization_permission', 'organization_minimum_permissions_needed']).toContain(
        loser.body.errors[0].code,
      );
      const { body } = await bapi.get(`${path}?role=org:admin`);
      expect(body.total_count).toBe(1);
      expect(await countOf(id)).toBe(2);
    });
  });

  describe('FAPI removeOrganizationMember', () => {
    it('removes for good: the next call of the removed finds nothing', async () => {
      const { id, path, owner } = await owned();
      const member = await given.signedInBrowser();
      await add(path, member.userId);
      expect((await member.browser.get(`/v1/organizations/${id}`)).status).toBe(200);

      const removed = await owner.browser.delete(`${path}/${member.userId}`);

      expect(removed.body.response).toMatchObject({ object: 'organization_membership', role: 'org:member' });
      expect(refusal(await member.browser.get(`/v1/organizations/${id}`))).toEqual([
        404,
        'organization_not_found_or_unauthorized',
      ]);
    });

    it('has one winner when two admins remove each other', async () => {
      const { path, owner } = await owned();
      const other = await given.signedInBrowser();
      await add(path, other.userId, 'org:admin');

      const replies = await Promise.all([
        owner.browser.delete(`${path}/${other.userId}`),
        other.browser.delete(`${path}/${owner.userId}`),
      ]);

      expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
      expect((await bapi.get(path)).body.total_count).toBe(1);
    });
  });

  describe('FAPI getOrganizationMemberships', () => {
    it("lists the caller's own, newest first", async () => {
      const { browser } = await given.signedInBrowser();
      await browser.post('/v1/organizations', { name: 'First' });
      clock.advance(1000);
      await browser.post('/v1/organizations', { name: 'Second' });

      const page = await browser.get('/v1/me/organization_memberships', { paginated: 'true', limit: '1' });
      const list = await browser.get('/v1/me/organization_memberships');

      expect(page.body.response).toMatchObject({ total_count: 2, data: [{ organization: { name: 'Second' } }] });
      expect(list.body.response).toHaveLength(2);
    });
  });

  describe('FAPI deleteOrganizationMemberships', () => {
    it('lets a member go, but not the last who manages', async () => {
      const { id, path, owner } = await owned();
      const member = await given.signedInBrowser();
      const joined = await add(path, member.userId);

      const left = await member.browser.delete(`/v1/me/organization_memberships/${id}`);

      expect(left.body.response).toEqual({ object: 'organization_membership', id: joined.body.id, deleted: true });
      expect(refusal(await member.browser.delete(`/v1/me/organization_memberships/${id}`))).toEqual([
        404,
        'organization_not_found_or_unauthorized',
      ]);
      expect(refusal(await owner.browser.delete(`/v1/me/organization_memberships/${id}`))).toEqual([
        400,
        'organization_minimum_permissions_needed',
      ]);
    });

    it('keeps one membership where every user must have one, also when two are given up at once', async () => {
      const own = await anotherInstance({
        settings: { organizations: { ...settings.organizations, force_organization_selection: true } },
      });
      const user = await own.given.signedInBrowser();
      const ids = [];
      for (const name of ['One', 'Two']) {
        const { body } = await own.bapi.post('/v1/organizations', { name });
        await own.bapi.post(`/v1/organizations/${body.id}/memberships`, { user_id: user.userId, role: 'org:member' });
        ids.push(body.id);
      }

      const replies = await Promise.all(
        ids.map((id) => own.bapi.delete(`/v1/organizations/${id}/memberships/${user.userId}`)),
      );

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 422]);
      expect(refusal(replies.find((reply) => reply.status === 422)!)).toEqual([422, 'personal_accounts_not_allowed']);
    });
  });
});

describe('users who change or go', () => {
  const { bapi, given, events } = useLatchkey({ settings });

  it('leave every organization when they are deleted, also as the last who managed one, and are counted once', async () => {
    const { userId, email } = await given.signedInBrowser({ first_name: 'Gone' });
    const other = await given.signedInBrowser();
    const ids: string[] = [];
    for (const name of ['One', 'Two']) {
      const { body } = await bapi.post('/v1/organizations', { name, created_by: userId });
      await bapi.post(`/v1/organizations/${body.id}/memberships`, { user_id: other.userId, role: 'org:member' });
      ids.push(body.id as string);
    }

    await bapi.delete(`/v1/users/${userId}`);

    for (const id of ids) {
      const left = await events.next('organizationMembership.deleted', (event) => event.subject === id);
      // Identity no longer knows them; what was last known of them is told.
      expect(left.data).toMatchObject({
        public_user_data: { user_id: userId, first_name: 'Gone', identifier: email },
        organization: { members_count: 1 },
      });
      const query = 'include_members_count=true&include_missing_member_with_elevated_permissions=true';
      expect((await bapi.get(`/v1/organizations/${id}?${query}`)).body).toMatchObject({
        members_count: 1,
        missing_member_with_elevated_permissions: true,
      });
      expect(await events.of('organizationMembership.deleted', id)).toHaveLength(1);
    }
    expect((await bapi.get(`/v1/organizations/${ids[0]}/memberships?query=Gone`)).body.total_count).toBe(0);
  });

  it('are found by a new name after they have changed it', async () => {
    const user = await given.signedInBrowser({ first_name: 'Before' });
    const { body } = await bapi.post('/v1/organizations', { name: 'Acme', created_by: user.userId });
    const total = async (text: string) =>
      (await bapi.get(`/v1/organizations/${body.id}/memberships?query=${text}`)).body.total_count as number;
    expect(await total('Before')).toBe(1);

    await bapi.patch(`/v1/users/${user.userId}`, { first_name: 'After' });

    const { body: members } = await bapi.get(`/v1/organizations/${body.id}/memberships`);
    expect(members.data[0].public_user_data.first_name).toBe('After');
    await events.next('user.updated', (event) => event.subject === user.userId);
    await events.settled();
    await until('the search knows the new name', async () => (await total('After')) === 1);
    expect(await total('Before')).toBe(0);
  });
});
