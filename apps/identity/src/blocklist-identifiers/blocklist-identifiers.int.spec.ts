import { useLatchkey } from '@latchkey/testing';

const { anotherInstance, bapi } = useLatchkey();

const PATH = '/v1/blocklist_identifiers';

describe('BAPI CreateBlocklistIdentifier', () => {
  it('makes an entry, in lower case', async () => {
    const { status, body } = await bapi.post(PATH, { identifier: 'Ada@Example.com' });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'blocklist_identifier',
      identifier: 'ada@example.com',
      identifier_type: 'email_address',
      instance_id: expect.stringMatching(/^ins_/),
    });
  });

  it('has one winner when an entry is made three times at once', async () => {
    const make = () => bapi.post(PATH, { identifier: '*@race.example.com' });

    const replies = await Promise.all([make(), make(), make()]);

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
    expect(replies.find((reply) => reply.status === 400)!.body.errors[0].code).toBe('duplicate_record');
  });

  it('refuses what is no identifier', async () => {
    const { status, body } = await bapi.post(PATH, { identifier: 'nonsense' });

    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ code: 'form_param_format_invalid', meta: { param_name: 'identifier' } });
  });
});

describe('BAPI ListBlocklistIdentifiers', () => {
  it("lists the instance's own entries, newest first", async () => {
    const other = await anotherInstance();
    await other.bapi.post(PATH, { identifier: '+12015550123' });
    await other.bapi.post(PATH, { identifier: '*@*.example.com' });

    const { status, body } = await other.bapi.get(`${PATH}?paginated=true`);

    expect(status).toBe(200);
    expect(body.total_count).toBe(2);
    const listed = body.data.map((row: { identifier: string }) => row.identifier);
    expect(listed.sort()).toEqual(['*@*.example.com', '+12015550123']);
  });
});

describe('BAPI DeleteBlocklistIdentifier', () => {
  it('removes an entry, once, and none of another instance', async () => {
    const { body } = await bapi.post(PATH, { identifier: 'gone@example.com' });
    const other = await anotherInstance();

    expect((await other.bapi.delete(`${PATH}/${body.id}`)).status).toBe(404);
    const deleted = await bapi.delete(`${PATH}/${body.id}`);
    expect(deleted.status).toBe(200);
    expect(deleted.body).toEqual({ object: 'blocklist_identifier', id: body.id, deleted: true });
    expect((await bapi.delete(`${PATH}/${body.id}`)).status).toBe(404);
  });
});
