import { Client } from 'pg';
import { testEmail, useLatchkey, type Reply } from '@latchkey/testing';

const settings = { organizations: { enabled: true, max_allowed_memberships: 0 } };
const refusal = ({ status, body }: Reply) => [status, body.errors?.[0].code];

describe('role sets', () => {
  const latchkey = useLatchkey({ settings });
  const { bapi, given, anotherInstance, events } = latchkey;
  let made = 0;
  const role = async () =>
    (await bapi.post('/v1/organization_roles', { name: 'R', key: `org:r${++made}` })).body.key as string;
  const create = (fields: object = {}) =>
    bapi.post('/v1/role_sets', {
      name: `Set ${++made}`,
      default_role_key: 'org:member',
      creator_role_key: 'org:admin',
      roles: ['org:admin', 'org:member'],
      ...fields,
    });
  const keys = (set: { roles: { key: string }[] }) => set.roles.map((row) => row.key).sort();

  describe('BAPI ListRoleSets', () => {
    it('has the first one, made once', async () => {
      const own = await anotherInstance({ settings });
      await Promise.all([1, 2, 3, 4].map(() => own.bapi.get('/v1/role_sets')));

      expect((await own.bapi.get('/v1/role_sets')).body).toMatchObject({
        total_count: 1,
        data: [{ key: 'role_set:default', type: 'initial', creator_role: { key: 'org:admin' } }],
      });
    });
  });

  describe('BAPI CreateRoleSet', () => {
    it('makes a set with a key from its name', async () => {
      const { status, body } = await create({ name: 'For Partners' });

      expect(status).toBe(200);
      expect(body).toMatchObject({
        object: 'role_set',
        key: 'role_set:for_partners',
        type: 'custom',
        default_role: { key: 'org:member' },
        creator_role: { key: 'org:admin' },
      });
      expect(keys(body)).toEqual(['org:admin', 'org:member']);
    });

    it('refuses what does not fit', async () => {
      const taken = (await create()).body.key;

      expect(refusal(await create({ key: taken }))).toEqual([422, 'form_identifier_exists']);
      expect(refusal(await create({ roles: ['org:none'] }))).toEqual([422, 'form_resource_not_found']);
      expect(refusal(await create({ roles: ['org:admin'] }))).toEqual([422, 'form_param_value_invalid']);
      expect(refusal(await create({ creator_role_key: 'org:member' }))).toEqual([
        422,
        'organization_missing_creator_role_permissions',
      ]);
    });

    it('stops at ten, also when they come at once', async () => {
      const own = await anotherInstance({ settings });
      const roles = {
        roles: ['org:admin', 'org:member'],
        default_role_key: 'org:member',
        creator_role_key: 'org:admin',
      };

      const replies = await Promise.all(
        Array.from({ length: 11 }, (_, n) => own.bapi.post('/v1/role_sets', { name: `Set ${n}`, ...roles })),
      );

      const refused = replies.filter(({ status }) => status !== 200).map(refusal);
      // The initial one is the tenth.
      expect(refused).toEqual(Array(2).fill([403, 'organization_instance_role_sets_quota_exceeded']));
      expect((await own.bapi.get('/v1/role_sets')).body.total_count).toBe(10);
    });
  });

  describe('BAPI GetRoleSet', () => {
    it('finds by key and by id', async () => {
      const { body } = await create();

      expect((await bapi.get(`/v1/role_sets/${body.id}`)).body.key).toBe(body.key);
      expect((await bapi.get(`/v1/role_sets/${body.key}`)).body.id).toBe(body.id);
      expect(refusal(await bapi.get('/v1/role_sets/role_set:none'))).toEqual([404, 'resource_not_found']);
    });
  });

  describe('BAPI UpdateRoleSet', () => {
    it('makes it the one that new organizations get', async () => {
      const { body } = await create();

      const updated = await bapi.patch(`/v1/role_sets/${body.id}`, { name: 'Renamed', type: 'initial' });

      expect(updated.body).toMatchObject({ name: 'Renamed', type: 'initial' });
      expect((await bapi.get('/v1/role_sets/role_set:default')).body.type).toBe('custom');
      expect((await bapi.post('/v1/organizations', { name: 'New' })).body.role_set_key).toBe(body.key);
      await bapi.patch('/v1/role_sets/role_set:default', { type: 'initial' });
    });
  });

  it('shows in the environment what new organizations begin with, also after its roles or their keys have changed', async () => {
    const own = await anotherInstance({ settings });
    const shown = async () => {
      const { organization_settings: shows } = (await own.browser().get('/v1/environment')).body;
      return [shows.creator_role, shows.domains.default_role];
    };
    expect(await shown()).toEqual(['org:admin', 'org:member']);
    const { data } = (await own.bapi.get('/v1/organization_roles?query=org:member')).body;
    const made = await own.bapi.post('/v1/organization_roles', {
      name: 'Owner',
      key: 'org:owner',
      permissions: data[0].permissions.map((row: { id: string }) => row.id),
      include_in_initial_role_set: true,
    });

    await own.bapi.patch(`/v1/organization_roles/${data[0].id}`, { key: 'org:guest' });
    expect(await shown()).toEqual(['org:admin', 'org:guest']);
    await own.bapi.patch('/v1/role_sets/role_set:default', { default_role_key: 'org:owner' });
    expect(await shown()).toEqual(['org:admin', 'org:owner']);
    await own.bapi.patch(`/v1/organization_roles/${made.body.id}`, { key: 'org:chief' });
    expect(await shown()).toEqual(['org:admin', 'org:chief']);
  });

  describe('BAPI AddRolesToRoleSet', () => {
    it('adds them, and lets one be the default', async () => {
      const { body } = await create();
      const key = await role();

      const added = await bapi.post(`/v1/role_sets/${body.id}/roles`, { role_keys: [key], default_role_key: key });

      expect(keys(added.body)).toEqual(['org:admin', 'org:member', key].sort());
      expect(added.body.default_role.key).toBe(key);
      expect(refusal(await bapi.post(`/v1/role_sets/${body.id}/roles`, { role_keys: ['org:none'] }))).toEqual([
        422,
        'form_resource_not_found',
      ]);
    });
  });

  /** An organization of a set with a member of a role. */
  const organization = async (setKey: string, roleKey: string) => {
    const owner = await given.signedInBrowser();
    const member = await given.signedInBrowser();
    const { body } = await bapi.post('/v1/organizations', {
      name: 'Org',
      created_by: owner.userId,
      role_set_key: setKey,
    });
    await bapi.post(`/v1/organizations/${body.id}/memberships`, { user_id: member.userId, role: roleKey });
    const roleOf = async () =>
      (await bapi.get(`/v1/organizations/${body.id}/memberships?user_id=${member.userId}`)).body.data[0].role as string;
    return { id: body.id as string, member, roleOf };
  };

  describe('BAPI ReplaceRoleInRoleSet', () => {
    it('gives whoever holds the role the other one', async () => {
      const key = await role();
      const set = (await create({ roles: ['org:admin', 'org:member', key], default_role_key: key })).body;
      const { id, roleOf, member } = await organization(set.key, key);
      const invited = await bapi.post(`/v1/organizations/${id}/invitations`, { email_address: testEmail(), role: key });

      const replaced = await bapi.post(`/v1/role_sets/${set.id}/roles/replace`, {
        role_key: key,
        to_role_key: 'org:member',
      });

      expect(keys(replaced.body)).toEqual(['org:admin', 'org:member']);
      expect(replaced.body.default_role.key).toBe('org:member');
      expect(await roleOf()).toBe('org:member');
      expect((await bapi.get(`/v1/organizations/${id}/invitations/${invited.body.id}`)).body.role).toBe('org:member');
      const { body } = await member.browser.get('/v1/client');
      expect(body.response.sessions[0].user.organization_memberships[0].role).toBe('org:member');
      const told = await events.of('organizationMembership.updated', id);
      expect(told.map((event) => event.data)).toMatchObject([
        { role: 'org:member', organization: { id }, public_user_data: { user_id: member.userId } },
      ]);
    });
  });

  it('BAPI ReplaceRoleInRoleSet refuses to tell of more than 10 000 members at once, and changes none', async () => {
    const key = await role();
    const set = (await create({ roles: ['org:admin', 'org:member', key] })).body;
    const { id, roleOf } = await organization(set.key, key);
    const database = new Client({ connectionString: latchkey.at.databaseUrls.organizations });
    await database.connect();
    await database.query(
      `INSERT INTO memberships (id, instance_id, organization_id, user_id, role_id)
      SELECT m.id || n, m.instance_id, m.organization_id, m.user_id || n, m.role_id
      FROM memberships m JOIN roles r ON r.id = m.role_id, generate_series(1, 10000) AS n
      WHERE m.organization_id = $1 AND r.key = $2`,
      [id, key],
    );
    await database.end();

    const reply = await bapi.post(`/v1/role_sets/${set.id}/roles/replace`, {
      role_key: key,
      to_role_key: 'org:member',
    });

    expect(refusal(reply)).toEqual([422, 'organization_role_set_reassignment_contact_support']);
    expect(await roleOf()).toBe(key);
    expect(keys((await bapi.get(`/v1/role_sets/${set.id}`)).body)).toContain(key);
  });

  describe('BAPI ReplaceRoleSet', () => {
    it('moves the organizations with the roles that are named', async () => {
      const key = await role();
      const set = (await create({ roles: ['org:admin', 'org:member', key] })).body;
      const { id, roleOf } = await organization(set.key, key);
      const replace = (mappings?: object) =>
        bapi.post(`/v1/role_sets/${set.id}/replace`, {
          dest_role_set_key: 'role_set:default',
          ...(mappings && { reassignment_mappings: mappings }),
        });

      const missing = await replace();
      expect(missing.status).toBe(422);
      expect(missing.body.errors[0]).toMatchObject({
        code: 'organization_role_set_reassignment_mappings_missing',
        meta: { role_keys: [key] },
      });
      expect(refusal(await replace({ [key]: 'org:none' }))).toEqual([
        422,
        'organization_role_set_reassignment_mappings_invalid',
      ]);
      const { status, body } = await replace({ [key]: 'org:member' });

      expect([status, body]).toEqual([200, { object: 'role_set', id: set.id, deleted: true }]);
      expect(await roleOf()).toBe('org:member');
      const told = await events.of('organizationMembership.updated', id);
      expect(told.map((event) => event.data)).toMatchObject([
        { role: 'org:member', organization: { role_set_key: 'role_set:default' } },
      ]);
      expect((await bapi.get(`/v1/organizations/${id}`)).body.role_set_key).toBe('role_set:default');
      expect((await bapi.get(`/v1/role_sets/${set.id}`)).status).toBe(404);
    });

    it('keeps the initial one', async () => {
      const { body } = await create();

      const reply = await bapi.post('/v1/role_sets/role_set:default/replace', { dest_role_set_key: body.key });

      expect(refusal(reply)).toEqual([403, 'cannot_delete_initial_role_set']);
    });
  });
});
