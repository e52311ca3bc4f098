import { useLatchkey } from '@latchkey/testing';

const settings = { organizations: { enabled: true } };

describe('organizations', () => {
  const { bapi, given, events, anotherInstance } = useLatchkey({ settings });
  const create = (fields: object = {}) => bapi.post('/v1/organizations', { name: 'Acme Inc.', ...fields });

  describe('BAPI CreateOrganization', () => {
    it('makes an organization without members, with a slug from its name', async () => {
      const { status, body } = await create({ name: 'Quiet Company', public_metadata: { tier: 1 } });

      expect(status).toBe(200);
      expect(body).toMatchObject({
        object: 'organization',
        name: 'Quiet Company',
        slug: 'quiet-company',
        members_count: 0,
        pending_invitations_count: 0,
        max_allowed_memberships: 5,
        admin_delete_enabled: true,
        has_image: false,
        role_set_key: 'role_set:default',
        public_metadata: { tier: 1 },
        private_metadata: {},
      });
      expect(body.id).toMatch(/^org_[0-9A-Za-z]{27}$/);
      expect(new URL(body.image_url).protocol).toBe('http:');
      const [event] = await events.of('organization.created', body.id);
      expect(event?.data).toMatchObject({ id: body.id, object: 'organization', name: 'Quiet Company' });
    });

    it('makes created_by its first member, with the role of creators', async () => {
      const { userId } = await given.signedInBrowser();

      const { body } = await create({ created_by: userId });

      expect(body).toMatchObject({ created_by: userId, members_count: 1 });
      const { body: members } = await bapi.get(`/v1/organizations/${body.id}/memberships`);
      expect(members).toMatchObject({
        total_count: 1,
        data: [{ role: 'org:admin', public_user_data: { user_id: userId } }],
      });
      const [event] = await events.of('organizationMembership.created', body.id);
      expect(event?.data).toMatchObject({ role: 'org:admin', organization: { id: body.id, members_count: 1 } });
    });

    it('gives two organizations of one name two slugs', async () => {
      const [first, second] = await Promise.all([create({ name: 'Twin' }), create({ name: 'Twin' })]);

      expect([first.status, second.status]).toEqual([200, 200]);
      expect(first.body.slug).not.toBe(second.body.slug);
    });

    it('takes created_at and the limit of members from the request', async () => {
      const { body } = await create({ created_at: '2020-01-02T03:04:05Z', max_allowed_memberships: 0 });

      expect(body).toMatchObject({ created_at: Date.UTC(2020, 0, 2, 3, 4, 5), max_allowed_memberships: 0 });
    });

    it('refuses a creator who does not exist', async () => {
      const { status, body } = await create({ created_by: 'user_nobody' });

      expect([status, body.errors[0].code]).toEqual([400, 'organization_creator_not_found']);
    });

    it.each([
      [{ name: 'See http://spam.example' }, 'form_param_value_invalid', 'name'],
      [{ name: '<b>Acme</b>' }, 'form_param_value_invalid', 'name'],
      [{ name: 'x'.repeat(257) }, 'form_param_max_length_exceeded', 'name'],
      [{ slug: 'Not A Slug' }, 'form_param_format_invalid', 'slug'],
      [{ max_allowed_memberships: -1 }, 'form_param_value_invalid', 'max_allowed_memberships'],
      [{ colour: 'red' }, 'form_param_unknown', 'colour'],
    ])('refuses %j', async (fields, code, param) => {
      const { status, body } = await create(fields);

      expect([status, body.errors[0].code, body.errors[0].meta.param_name]).toEqual([422, code, param]);
    });

    it('gives a slug to one of five who want it at once', async () => {
      const replies = await Promise.all(Array.from({ length: 5 }, () => create({ slug: 'wanted' })));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 422, 422, 422, 422]);
      const loser = replies.find((reply) => reply.status === 422);
      expect(loser?.body.errors[0]).toMatchObject({ code: 'form_identifier_exists', meta: { param_name: 'slug' } });
    });

    it('lets two tenants have one slug', async () => {
      const other = await anotherInstance({ settings });
      const [here, there] = await Promise.all([
        create({ slug: 'both' }),
        other.bapi.post('/v1/organizations', { name: 'Both', slug: 'both' }),
      ]);

      expect([here.status, there.status]).toEqual([200, 200]);
    });

    it('is off while the instance has no organizations', async () => {
      const other = await anotherInstance();
      const { status, body } = await other.bapi.post('/v1/organizations', { name: 'Acme' });

      expect([status, body.errors[0].code]).toEqual([403, 'organization_not_enabled_in_instance']);
    });

    it('refuses a slug where slugs are off, and makes none', async () => {
      const other = await anotherInstance({ settings: { organizations: { enabled: true, slug_disabled: true } } });
      const refused = await other.bapi.post('/v1/organizations', { name: 'Acme', slug: 'acme' });
      const plain = await other.bapi.post('/v1/organizations', { name: 'Acme' });

      expect([refused.status, refused.body.errors[0].code]).toEqual([403, 'organization_slugs_disabled']);
      expect([plain.status, plain.body.slug]).toEqual([200, '']);
    });
  });

  describe('BAPI GetOrganization', () => {
    it('finds by id and by slug', async () => {
      const { body } = await create({ name: 'Found Twice' });

      const byId = await bapi.get(`/v1/organizations/${body.id}?include_members_count=true`);
      const bySlug = await bapi.get('/v1/organizations/found-twice');

      expect(byId.body).toMatchObject({ id: body.id, members_count: 0 });
      expect(bySlug.body.id).toBe(body.id);
      expect(bySlug.body).not.toHaveProperty('members_count');
    });

    it('says when nobody can manage the members', async () => {
      const { body } = await create();
      const query = 'include_missing_member_with_elevated_permissions=true';

      const reply = await bapi.get(`/v1/organizations/${body.id}?${query}`);

      expect(reply.body.missing_member_with_elevated_permissions).toBe(true);
    });

    it('does not know what belongs to another tenant', async () => {
      const other = await anotherInstance({ settings });
      const { body } = await create();

      const reply = await other.bapi.get(`/v1/organizations/${body.id}`);

      expect([reply.status, reply.body.errors[0].code]).toEqual([404, 'resource_not_found']);
    });
  });

  describe('BAPI ListOrganizations', () => {
    it('filters, searches, orders and pages', async () => {
      const { bapi: own, given: ownGiven } = await anotherInstance({ settings });
      const { userId } = await ownGiven.signedInBrowser();
      const make = async (name: string, fields: object = {}) =>
        (await own.post('/v1/organizations', { name, ...fields })).body.id as string;
      const beta = await make('Beta', { created_by: userId });
      const alpha = await make('Alpha');
      const gamma = await make('Gamma 100%');
      const ids = async (query: string) =>
        (await own.get(`/v1/organizations?${query}`)).body.data.map((row: { id: string }) => row.id);

      expect(await ids('order_by=name')).toEqual([alpha, beta, gamma]);
      expect(await ids('order_by=-members_count&limit=1')).toEqual([beta]);
      expect(await ids('query=alp')).toEqual([alpha]);
      expect(await ids(`query=${gamma}`)).toEqual([gamma]);
      expect(await ids('query=100%25')).toEqual([gamma]);
      expect(await ids(`user_id=${userId}`)).toEqual([beta]);
      expect(await ids(`user_id=-${userId}&order_by=name`)).toEqual([alpha, gamma]);
      expect(await ids(`organization_id=${alpha}&organization_id=%2B${beta}&order_by=name`)).toEqual([alpha, beta]);
      expect((await own.get('/v1/organizations?limit=1&offset=1&order_by=name')).body).toMatchObject({
        data: [{ id: beta }],
        total_count: 3,
      });
      expect((await own.get('/v1/organizations?order_by=colour')).status).toBe(422);
    });
  });

  describe('BAPI UpdateOrganization', () => {
    it('changes what is sent, and tells of it', async () => {
      const { body } = await create({ name: 'Before' });

      const changed = await bapi.patch(`/v1/organizations/${body.id}`, {
        name: 'After',
        slug: 'after',
        max_allowed_memberships: 9,
        admin_delete_enabled: false,
      });

      expect(changed.body).toMatchObject({
        name: 'After',
        slug: 'after',
        max_allowed_memberships: 9,
        admin_delete_enabled: false,
      });
      expect(await events.of('organization.updated', body.id)).toHaveLength(1);
    });

    it('refuses a slug that is taken', async () => {
      await create({ slug: 'mine' });
      const { body } = await create();

      const reply = await bapi.patch(`/v1/organizations/${body.id}`, { slug: 'mine' });

      expect([reply.status, reply.body.errors[0].code]).toEqual([422, 'form_identifier_exists']);
    });

    it('takes metadata in older versions only', async () => {
      const { body } = await create();
      const change = { public_metadata: { a: 1 } };
      const path = `/v1/organizations/${body.id}`;

      const now = await bapi.with({ 'clerk-api-version': '2026-05-12' }).patch(path, change);
      const before = await bapi.with({ 'clerk-api-version': '2025-11-10' }).patch(path, change);

      expect([now.status, now.body.errors[0].code]).toEqual([422, 'form_param_unknown']);
      expect([before.status, before.body.public_metadata]).toEqual([200, { a: 1 }]);
    });

    it('answers 404 for an unknown organization', async () => {
      expect((await bapi.patch('/v1/organizations/org_unknown', { name: 'X' })).status).toBe(404);
    });
  });

  describe('BAPI MergeOrganizationMetadata', () => {
    it('merges at every depth and removes what is null', async () => {
      const { body } = await create({ public_metadata: { a: { b: 1, c: 2 }, d: 3 }, private_metadata: { secret: 1 } });

      const merged = await bapi.patch(`/v1/organizations/${body.id}/metadata`, {
        public_metadata: { a: { b: null, e: 5 }, d: [1] },
      });

      expect(merged.body).toMatchObject({
        public_metadata: { a: { c: 2, e: 5 }, d: [1] },
        private_metadata: { secret: 1 },
      });
      expect(merged.body.public_metadata.a).not.toHaveProperty('b');
    });

    it('refuses a document above 8 KB', async () => {
      const { body } = await create({ public_metadata: { a: 'x'.repeat(8000) } });

      const reply = await bapi.patch(`/v1/organizations/${body.id}/metadata`, {
        public_metadata: { b: 'x'.repeat(8000) },
      });

      expect([reply.status, reply.body.errors[0].code]).toEqual([422, 'form_param_exceeds_allowed_size']);
    });

    it('loses none of two merges at once', async () => {
      const { body } = await create();
      const path = `/v1/organizations/${body.id}/metadata`;

      await Promise.all(['a', 'b', 'c'].map((key) => bapi.patch(path, { public_metadata: { [key]: 1 } })));

      const { body: after } = await bapi.get(`/v1/organizations/${body.id}`);
      expect(after.public_metadata).toEqual({ a: 1, b: 1, c: 1 });
    });
  });

  describe('BAPI ReplaceOrganizationMetadata', () => {
    it('replaces what is sent and leaves the rest', async () => {
      const { body } = await create({ public_metadata: { a: 1 }, private_metadata: { b: 1 } });

      const replaced = await bapi.put(`/v1/organizations/${body.id}/metadata`, { public_metadata: { c: 1 } });

      expect(replaced.body).toMatchObject({ public_metadata: { c: 1 }, private_metadata: { b: 1 } });
      expect(replaced.body.public_metadata).not.toHaveProperty('a');
    });
  });

  describe('BAPI DeleteOrganization', () => {
    it('deletes it with its memberships, once', async () => {
      const { userId } = await given.signedInBrowser();
      const { body } = await create({ created_by: userId, slug: 'goner' });

      const replies = await Promise.all([1, 2, 3].map(() => bapi.delete(`/v1/organizations/${body.id}`)));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 404, 404]);
      expect(replies.find((reply) => reply.status === 200)?.body).toEqual({
        object: 'organization',
        id: body.id,
        slug: 'goner',
        deleted: true,
      });
      expect((await bapi.get(`/v1/users/${userId}/organization_memberships`)).body.total_count).toBe(0);
      expect(await events.of('organization.deleted', body.id)).toHaveLength(1);
    });
  });

  describe('FAPI createOrganization', () => {
    it('makes the caller its admin', async () => {
      const { browser, userId } = await given.signedInBrowser();

      const { status, body } = await browser.post('/v1/organizations', { name: 'Mine' });

      expect(status).toBe(200);
      expect(body.response).toMatchObject({ object: 'organization', name: 'Mine', members_count: 1 });
      expect(body.response).not.toHaveProperty('private_metadata');
      const { body: members } = await browser.get(`/v1/organizations/${body.response.id}/memberships`, {
        paginated: 'true',
      });
      expect(members.response).toMatchObject({
        total_count: 1,
        data: [{ role: 'org:admin', role_name: 'Admin', public_user_data: { user_id: userId } }],
      });
      expect(members.response.data[0].permissions).toContain('org:sys_memberships:manage');
    });

    it('asks for a name', async () => {
      const { browser } = await given.signedInBrowser();

      const { status, body } = await browser.post('/v1/organizations', { name: '' });

      expect([status, body.errors[0].code]).toEqual([422, 'form_param_nil']);
    });

    it('keeps to the number that the user may create, also when they hurry', async () => {
      const own = await anotherInstance({
        settings: { ...settings, actions: { create_organizations_limit: 2 } },
      });
      const { browser } = await own.given.signedInBrowser();

      const replies = await Promise.all(
        [1, 2, 3, 4].map((n) => browser.post('/v1/organizations', { name: `Number ${n}` })),
      );

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 200, 403, 403]);
      expect(replies.find((reply) => reply.status === 403)?.body.errors[0].code).toBe('org_creation_limit_exceeded');
    });

    it('refuses users who may not create organizations', async () => {
      const own = await anotherInstance({ settings: { ...settings, actions: { create_organization: false } } });
      const { browser } = await own.given.signedInBrowser();

      const { status, body } = await browser.post('/v1/organizations', { name: 'No' });

      expect([status, body.errors[0].code]).toEqual([403, 'user_create_organization_not_enabled']);
    });

    it('is for those who are signed in', async () => {
      const own = await anotherInstance({ settings });

      expect((await own.browser().post('/v1/organizations', { name: 'No' })).status).toBe(401);
    });
  });

  describe('FAPI getOrganization', () => {
    it('shows it to members and hides it from others', async () => {
      const owner = await given.signedInBrowser();
      const stranger = await given.signedInBrowser();
      const { body } = await owner.browser.post('/v1/organizations', { name: 'Hidden' });

      const seen = await owner.browser.get(`/v1/organizations/${body.response.id}`);
      const hidden = await stranger.browser.get(`/v1/organizations/${body.response.id}`);
      const unknown = await stranger.browser.get('/v1/organizations/org_unknown');

      expect(seen.body.response.name).toBe('Hidden');
      for (const reply of [hidden, unknown])
        expect([reply.status, reply.body.errors[0].code]).toEqual([404, 'organization_not_found_or_unauthorized']);
    });
  });

  describe('FAPI updateOrganization', () => {
    it('is for those whose role allows it', async () => {
      const owner = await given.signedInBrowser();
      const member = await given.signedInBrowser();
      const { body } = await owner.browser.post('/v1/organizations', { name: 'Ours' });
      const path = `/v1/organizations/${body.response.id}`;
      await bapi.post(`${path}/memberships`, { user_id: member.userId, role: 'org:member' });

      const renamed = await owner.browser.patch(path, { name: 'Still ours' });
      const refused = await member.browser.patch(path, { name: 'Mine' });

      expect(renamed.body.response.name).toBe('Still ours');
      expect(refused.status).toBe(403);
      expect(refused.body.errors[0]).toMatchObject({
        code: 'missing_organization_permission',
        meta: { permissions: ['org:sys_profile:manage'] },
      });
    });
  });

  describe('FAPI deleteOrganization', () => {
    it('deletes it where members may', async () => {
      const { browser } = await given.signedInBrowser();
      const kept = (await browser.post('/v1/organizations', { name: 'Kept' })).body.response;
      const gone = (await browser.post('/v1/organizations', { name: 'Gone' })).body.response;
      await bapi.patch(`/v1/organizations/${kept.id}`, { admin_delete_enabled: false });

      const refused = await browser.delete(`/v1/organizations/${kept.id}`);
      const deleted = await browser.delete(`/v1/organizations/${gone.id}`);

      expect([refused.status, refused.body.errors[0].code]).toEqual([403, 'organization_admin_delete_not_enabled']);
      expect(deleted.body.response).toMatchObject({ object: 'organization', id: gone.id, deleted: true });
      expect((await bapi.get(`/v1/organizations/${gone.id}`)).status).toBe(404);
    });
  });
});
