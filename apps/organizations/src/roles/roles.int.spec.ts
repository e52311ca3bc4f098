import { testEmail, useLatchkey, type Reply } from '@latchkey/testing';

const settings = { organizations: { enabled: true, max_allowed_memberships: 0 } };
const refusal = ({ status, body }: Reply) => [status, body.errors?.[0].code];

describe('roles and permissions', () => {
  const { bapi, given, events, anotherInstance } = useLatchkey({ settings });
  let made = 0;
  const permission = async (fields: object = {}) =>
    (await bapi.post('/v1/organization_permissions', { name: 'Read', key: `org:docs:p${++made}`, ...fields })).body;
  const role = async (fields: object = {}) =>
    (await bapi.post('/v1/organization_roles', { name: 'Custom', key: `org:r${++made}`, ...fields })).body;
  const roleId = async (key: string) =>
    (await bapi.get(`/v1/organization_roles?query=${key}`)).body.data.find((row: { key: string }) => row.key === key)
      .id as string;

  afterEach(async () => {
    // The instance may have ten custom roles: what a test leaves unused goes.
    const { body } = await bapi.get('/v1/organization_roles?limit=100');
    for (const row of body.data as { id: string }[]) await bapi.delete(`/v1/organization_roles/${row.id}`);
  });

  describe('BAPI ListOrganizationRoles', () => {
    it('has the two first roles, also when ten callers come first', async () => {
      const own = await anotherInstance({ settings });

      const replies = await Promise.all(
        Array.from({ length: 10 }, () => own.bapi.get('/v1/organization_roles?order_by=key')),
      );

      for (const { status, body } of replies) {
        expect(status).toBe(200);
        expect(body.total_count).toBe(2);
        expect(body.data).toMatchObject([
          { key: 'org:admin', is_creator_eligible: true },
          { key: 'org:member', is_creator_eligible: false },
        ]);
        expect(body.data[0].permissions).toHaveLength(11);
        expect(body.data[1].permissions.map((row: { key: string }) => row.key)).toEqual([
          'org:sys_billing:read',
          'org:sys_memberships:read',
        ]);
      }
    });

    it('searches', async () => {
      const { id } = await role({ name: 'Needle' });

      expect((await bapi.get('/v1/organization_roles?query=needl')).body).toMatchObject({
        total_count: 1,
        data: [{ id }],
      });
      expect((await bapi.get('/v1/organization_roles?order_by=colour')).status).toBe(422);
    });
  });

  describe('BAPI CreateOrganizationRole', () => {
    it('makes a role, and tells of it', async () => {
      const { id: permissionId, key } = await permission();

      const created = await role({
        description: 'Writes',
        permissions: [permissionId],
        include_in_initial_role_set: true,
      });

      expect(created).toMatchObject({
        object: 'role',
        description: 'Writes',
        permissions: [{ id: permissionId, key }],
      });
      expect((await events.of('role.created', created.id))[0]?.data).toMatchObject({ key: created.key });
      const { body: set } = await bapi.get('/v1/role_sets/role_set:default');
      expect(set.roles.map((row: { key: string }) => row.key)).toContain(created.key);
    });

    it('refuses a bad key, a taken one, and unknown permissions', async () => {
      const create = (fields: object) => bapi.post('/v1/organization_roles', { name: 'X', key: 'org:x', ...fields });

      expect(refusal(await create({ key: 'Admin' }))).toEqual([422, 'form_param_format_invalid']);
      expect(refusal(await create({ key: 'org:admin' }))).toEqual([422, 'form_identifier_exists']);
      expect(refusal(await create({ permissions: ['perm_none'] }))).toEqual([422, 'form_resource_not_found']);
    });

    it('stops at ten, also when they come at once', async () => {
      const own = await anotherInstance({ settings });

      const replies = await Promise.all(
        Array.from({ length: 12 }, (_, n) => own.bapi.post('/v1/organization_roles', { name: 'R', key: `org:n${n}` })),
      );

      expect(replies.filter((reply) => reply.status === 200)).toHaveLength(10);
      expect(refusal(replies.find((reply) => reply.status !== 200)!)).toEqual([
        403,
        'organization_instance_roles_quota_exceeded',
      ]);
    });
  });

  describe('BAPI GetOrganizationRole', () => {
    it('shows it to its own tenant', async () => {
      const { id } = await role();
      const other = await anotherInstance({ settings });

      expect((await bapi.get(`/v1/organization_roles/${id}`)).body.id).toBe(id);
      expect(refusal(await other.bapi.get(`/v1/organization_roles/${id}`))).toEqual([404, 'resource_not_found']);
    });
  });

  describe('BAPI UpdateOrganizationRole', () => {
    it('replaces the permissions, which members have at once', async () => {
      const owner = await given.signedInBrowser();
      const member = await given.signedInBrowser();
      const { body: organization } = await bapi.post('/v1/organizations', { name: 'A', created_by: owner.userId });
      const { id, key } = await role({ include_in_initial_role_set: true });
      await bapi.post(`/v1/organizations/${organization.id}/memberships`, { user_id: member.userId, role: key });
      const members = () => member.browser.get(`/v1/organizations/${organization.id}/memberships`);
      expect(refusal(await members())).toEqual([403, 'missing_organization_permission']);
      const { body: found } = await bapi.get('/v1/organization_permissions?query=org:sys_memberships:read');

      await bapi.patch(`/v1/organization_roles/${id}`, { name: 'Reader', permissions: [found.data[0].id] });

      expect((await members()).status).toBe(200);
      expect((await events.of('role.updated', id))[0]?.data).toMatchObject({ name: 'Reader' });
    });

    it("keeps what the creators' role needs", async () => {
      const reply = await bapi.patch(`/v1/organization_roles/${await roleId('org:admin')}`, { permissions: [] });

      expect(refusal(reply)).toEqual([422, 'organization_missing_creator_role_permissions']);
      expect((await bapi.get('/v1/organization_roles?query=org:admin')).body.data[0].permissions).toHaveLength(11);
    });
  });

  describe('BAPI DeleteOrganizationRole', () => {
    it('deletes one that nobody uses', async () => {
      const { id } = await role();

      expect((await bapi.delete(`/v1/organization_roles/${id}`)).body).toEqual({ object: 'role', id, deleted: true });
      expect(refusal(await bapi.delete(`/v1/organization_roles/${id}`))).toEqual([404, 'resource_not_found']);
      expect(await events.of('role.deleted', id)).toHaveLength(1);
    });

    it('refuses those in use', async () => {
      const owner = await given.signedInBrowser();
      const member = await given.signedInBrowser();
      const { body: organization } = await bapi.post('/v1/organizations', { name: 'A', created_by: owner.userId });
      const path = `/v1/organizations/${organization.id}`;
      const held = await role({ include_in_initial_role_set: true });
      const offered = await role({ include_in_initial_role_set: true });
      await bapi.post(`${path}/memberships`, { user_id: member.userId, role: held.key });
      await bapi.post(`${path}/invitations`, { email_address: testEmail(), role: offered.key });
      const why = async (id: string) => refusal(await bapi.delete(`/v1/organization_roles/${id}`));

      expect(await why(held.id)).toEqual([422, 'organization_role_assigned_members']);
      expect(await why(offered.id)).toEqual([422, 'organization_role_exists_in_invitations']);
      expect(await why(await roleId('org:admin'))).toEqual([422, 'organization_role_default_creator_role']);
      expect(await why(await roleId('org:member'))).toEqual([422, 'organization_role_domain_default_role']);
      await bapi.delete(path);
    });
  });

  describe('BAPI AssignPermissionToOrganizationRole', () => {
    it('gives a permission once', async () => {
      const { id } = await role();
      const { id: permissionId } = await permission();
      const assign = () => bapi.post(`/v1/organization_roles/${id}/permissions/${permissionId}`);

      const replies = await Promise.all([assign(), assign(), assign()]);

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409, 409]);
      expect(refusal(replies.find((reply) => reply.status === 409)!)[1]).toBe(
        'organization_role_permission_association_exists',
      );
      expect(refusal(await bapi.post(`/v1/organization_roles/${id}/permissions/perm_none`))).toEqual([
        404,
        'resource_not_found',
      ]);
    });
  });

  describe('BAPI RemovePermissionFromOrganizationRole', () => {
    it('takes it back', async () => {
      const { id: permissionId } = await permission();
      const { id } = await role({ permissions: [permissionId] });
      const remove = () => bapi.delete(`/v1/organization_roles/${id}/permissions/${permissionId}`);

      expect((await remove()).body.permissions).toEqual([]);
      expect(refusal(await remove())).toEqual([404, 'organization_role_permission_association_not_found']);
    });
  });

  describe('BAPI ListOrganizationPermissions', () => {
    it('shows the product’s own and the application’s', async () => {
      const { key } = await permission({ name: 'Zebra' });

      const { body } = await bapi.get('/v1/organization_permissions?limit=100');

      expect(body.data.filter((row: { type: string }) => row.type === 'system')).toHaveLength(11);
      expect((await bapi.get('/v1/organization_permissions?query=zebra')).body.data).toMatchObject([
        { key, type: 'user' },
      ]);
    });
  });

  describe('BAPI CreateOrganizationPermission', () => {
    it('makes one, and tells of it', async () => {
      const { id, ...rest } = await permission({ description: 'Reads documents' });

      expect(rest).toMatchObject({ object: 'permission', type: 'user', description: 'Reads documents' });
      expect(await events.of('permission.created', id)).toHaveLength(1);
    });

    it('refuses reserved, malformed and taken keys', async () => {
      const { key } = await permission();
      const create = (text: string) => bapi.post('/v1/organization_permissions', { name: 'X', key: text });

      expect(refusal(await create('org:sys_docs:read'))).toEqual([422, 'form_param_value_invalid']);
      expect(refusal(await create('docs:read'))).toEqual([422, 'form_param_format_invalid']);
      expect(refusal(await create(key))).toEqual([422, 'form_identifier_exists']);
    });
  });

  describe('BAPI GetOrganizationPermission', () => {
    it('finds it', async () => {
      const { id } = await permission();

      expect((await bapi.get(`/v1/organization_permissions/${id}`)).body.id).toBe(id);
      expect(refusal(await bapi.get('/v1/organization_permissions/perm_none'))).toEqual([404, 'resource_not_found']);
    });
  });

  describe('BAPI UpdateOrganizationPermission', () => {
    it('changes it, and its key in roles', async () => {
      const { id } = await permission();
      const { id: inRole } = await role({ permissions: [id] });

      const { body } = await bapi.patch(`/v1/organization_permissions/${id}`, { key: 'org:docs:renamed' });

      expect(body.key).toBe('org:docs:renamed');
      expect((await bapi.get(`/v1/organization_roles/${inRole}`)).body.permissions).toMatchObject([
        { key: 'org:docs:renamed' },
      ]);
      expect(await events.of('permission.updated', id)).toHaveLength(1);
    });

    it("leaves the product's own alone", async () => {
      const { body } = await bapi.get('/v1/organization_permissions?query=org:sys_profile:manage');
      const path = `/v1/organization_permissions/${body.data[0].id}`;

      expect(refusal(await bapi.patch(path, { name: 'X' }))).toEqual([
        403,
        'organization_system_permission_not_modifiable',
      ]);
      expect(refusal(await bapi.delete(path))).toEqual([403, 'organization_system_permission_not_modifiable']);
    });
  });

  describe('BAPI DeleteOrganizationPermission', () => {
    it('takes it from roles, too', async () => {
      const { id } = await permission();
      const { id: inRole } = await role({ permissions: [id] });

      expect((await bapi.delete(`/v1/organization_permissions/${id}`)).body).toEqual({
        object: 'permission',
        id,
        deleted: true,
      });
      expect((await bapi.get(`/v1/organization_roles/${inRole}`)).body.permissions).toEqual([]);
      expect(await events.of('permission.deleted', id)).toHaveLength(1);
    });
  });

  describe('FAPI ListOrganizationRoles', () => {
    it('shows members what the organization can give', async () => {
      const { browser } = await given.signedInBrowser();
      const { body } = await browser.post('/v1/organizations', { name: 'A' });

      const { body: roles } = await browser.get(`/v1/organizations/${body.response.id}/roles`);

      expect(roles.response).toMatchObject({ has_role_set_migration: false });
      expect(roles.response.data.map((row: { key: string }) => row.key)).toEqual(
        expect.arrayContaining(['org:admin', 'org:member']),
      );
    });
  });
});
