import { useLatchkey } from '@latchkey/testing';

const settings = { organizations: { enabled: true } };

describe('lists of what organizations are made from', () => {
  const { bapi, given, clock } = useLatchkey({ settings });
  const NAMES = ['needle c', 'needle a', 'needle b'];
  const word = (name: string) => name.replace(' ', '_');

  beforeAll(async () => {
    await given.organization((await given.user()).id);
    for (const name of NAMES) {
      clock.advance(1_000);
      const permission = await bapi.post('/v1/organization_permissions', { name, key: `org:${word(name)}:read` });
      const role = await bapi.post('/v1/organization_roles', { name, key: `org:${word(name)}` });
      const set = await bapi.post('/v1/role_sets', {
        name,
        key: `role_set:${word(name)}`,
        roles: ['org:admin', 'org:member'],
        default_role_key: 'org:member',
        creator_role_key: 'org:admin',
      });
      expect([permission.status, role.status, set.status]).toEqual([200, 200, 200]);
    }
  }, 60_000);

  it.each([
    ['ListOrganizationPermissions', '/v1/organization_permissions'],
    ['ListOrganizationRoles', '/v1/organization_roles'],
    ['ListRoleSets', '/v1/role_sets'],
  ])('BAPI %s searches, orders and pages', async (_, path) => {
    const list = async (query: string) => {
      const { body } = await bapi.get(`${path}?query=needle&${query}`);
      return { names: body.data.map((row: { name: string }) => row.name.at(-1)).join(''), total: body.total_count };
    };

    expect(await list('order_by=name')).toEqual({ names: 'abc', total: 3 });
    expect(await list('order_by=-name')).toEqual({ names: 'cba', total: 3 });
    expect(await list('order_by=key')).toEqual({ names: 'abc', total: 3 });
    expect(await list('order_by=created_at')).toEqual({ names: 'cab', total: 3 });
    expect(await list('order_by=-created_at')).toEqual({ names: 'bac', total: 3 });
    expect(await list('order_by=name&limit=1&offset=1')).toEqual({ names: 'b', total: 3 });
    expect(await list('order_by=name&offset=9')).toEqual({ names: '', total: 3 });
    expect((await bapi.get(`${path}?query=NEEDLE_A`)).body.total_count).toBe(1);
    expect((await bapi.get(`${path}?query=nowhere`)).body).toEqual({ data: [], total_count: 0 });
    expect((await bapi.get(`${path}?order_by=nonsense`)).status).toBe(422);
    expect((await bapi.get(`${path}?limit=501`)).status).toBe(422);
  });
});
