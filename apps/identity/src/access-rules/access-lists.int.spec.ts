import { useLatchkey, until } from '@latchkey/testing';

const latchkey = useLatchkey();
const { anotherInstance, bapi } = latchkey;

const lists = [
  {
    object: 'allowlist_identifier',
    create: 'BAPI CreateAllowlistIdentifier',
    list: 'BAPI ListAllowlistIdentifiers',
    remove: 'BAPI DeleteAllowlistIdentifier',
  },
  {
    object: 'blocklist_identifier',
    create: 'BAPI CreateBlocklistIdentifier',
    list: 'BAPI ListBlocklistIdentifiers',
    remove: 'BAPI DeleteBlocklistIdentifier',
  },
];

describe.each(lists)('entries of a list: $object', ({ object, create, list, remove }) => {
  const path = `/v1/${object}s`;

  describe(create, () => {
    it('makes an entry, in lower case', async () => {
      const { status, body } = await bapi.post(path, { identifier: 'Ada@Example.com' });

      expect(status).toBe(200);
      expect(body).toMatchObject({
        object,
        identifier: 'ada@example.com',
        identifier_type: 'email_address',
        instance_id: expect.stringMatching(/^ins_/),
      });
    });

    it('has one winner when an entry is made three times at once', async () => {
      const make = () => bapi.post(path, { identifier: '*@race.example.com' });

      const replies = await Promise.all([make(), make(), make()]);

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
      expect(replies.find((reply) => reply.status === 400)!.body.errors[0].code).toBe('duplicate_record');
    });

    it('refuses what is no identifier', async () => {
      const { status, body } = await bapi.post(path, { identifier: 'nonsense' });

      expect(status).toBe(422);
      expect(body.errors[0]).toMatchObject({ code: 'form_param_format_invalid', meta: { param_name: 'identifier' } });
    });
  });

  describe(list, () => {
    it("lists the instance's own entries, newest first", async () => {
      const other = await anotherInstance();
      await other.bapi.post(path, { identifier: '+12015550123' });
      await other.bapi.post(path, { identifier: '*@*.example.com' });

      const { status, body } = await other.bapi.get(`${path}?paginated=true`);

      expect(status).toBe(200);
      expect(body.total_count).toBe(2);
      const listed = body.data.map((row: { identifier: string }) => row.identifier);
      expect(listed.sort()).toEqual(['*@*.example.com', '+12015550123']);
    });
  });

  describe(remove, () => {
    it('removes an entry, once, and none of another instance', async () => {
      const { body } = await bapi.post(path, { identifier: 'gone@example.com' });
      const other = await anotherInstance();

      expect((await other.bapi.delete(`${path}/${body.id}`)).status).toBe(404);
      const deleted = await bapi.delete(`${path}/${body.id}`);
      expect(deleted.status).toBe(200);
      expect(deleted.body).toEqual({ object, id: body.id, deleted: true });
      expect((await bapi.delete(`${path}/${body.id}`)).status).toBe(404);
    });
  });
});

describe('BAPI CreateAllowlistIdentifier', () => {
  it('tells the owner of an address when asked to', async () => {
    const to = 'welcome@example.com';
    const { status } = await bapi.post('/v1/allowlist_identifiers', { identifier: to, notify: true });

    expect(status).toBe(200);
    const { text } = await until('a mail', () => latchkey.inbox.list({ to })[0]);
    expect(text).toContain('/sign-up');
  });
});
