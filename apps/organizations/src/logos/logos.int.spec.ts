import { useLatchkey, type Reply } from '@latchkey/testing';
import sharp from 'sharp';
import { request } from 'undici';

const settings = { organizations: { enabled: true } };
const refusal = ({ status, body }: Reply) => [status, body.errors?.[0].code];

describe('logos', () => {
  const latchkey = useLatchkey({ settings });
  const { bapi, given, events } = latchkey;

  const picture = () =>
    sharp({ create: { width: 900, height: 300, channels: 3, background: '#336699' } })
      .png()
      .toBuffer();
  const owned = async () => {
    const owner = await given.signedInBrowser();
    const { body } = await owner.browser.post('/v1/organizations', { name: 'Zebra' });
    return { owner, id: body.response.id as string, path: `/v1/organizations/${body.response.id}/logo` };
  };
  const load = async (url: string) => {
    const response = await request(url);
    return {
      status: response.statusCode,
      type: response.headers['content-type'],
      bytes: Buffer.from(await response.body.arrayBuffer()),
    };
  };
  /** BAPI's upload, as `@clerk/backend` sends it. */
  const upload = async (path: string, bytes: Buffer) => {
    const { bapiUrl, instance } = latchkey.at;
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'logo.png');
    const response = await fetch(bapiUrl + path, {
      method: 'PUT',
      headers: { authorization: `Bearer ${instance.secretKey}` },
      body: form,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  describe('FAPI getOrganizationImage', () => {
    it('draws the first letter of an organization without a logo', async () => {
      const { owner, id } = await owned();
      const { body } = await owner.browser.get(`/v1/organizations/${id}`);

      const drawn = await load(body.response.image_url);

      expect([drawn.status, drawn.type]).toEqual([200, 'image/svg+xml']);
      expect(drawn.bytes.toString()).toContain('>Z<');
      expect((await load(body.response.image_url.replace(id, 'org_none'))).status).toBe(404);
    });
  });

  describe('FAPI updateOrganizationLogo', () => {
    it('stores it re-encoded, and shows it in the size that is asked for', async () => {
      const { owner, id, path } = await owned();

      const { status, body } = await owner.browser.upload('PUT', path, await picture());

      expect([status, body.response.has_image]).toEqual([200, true]);
      const shown = await load(body.response.image_url);
      expect(shown.type).toBe('image/webp');
      expect(await sharp(shown.bytes).metadata()).toMatchObject({ width: 512, height: 171 });
      const small = await load(`${body.response.image_url}?width=90`);
      expect(await sharp(small.bytes).metadata()).toMatchObject({ width: 90 });
      expect(await events.of('organization.updated', id)).toHaveLength(1);
    });

    it('refuses what is no picture, and members who may not', async () => {
      const { owner, id, path } = await owned();
      const member = await given.signedInBrowser();
      await bapi.post(`/v1/organizations/${id}/memberships`, { user_id: member.userId, role: 'org:member' });

      expect(refusal(await owner.browser.upload('PUT', path, Buffer.from('no picture')))).toEqual([
        400,
        'request_body_invalid',
      ]);
      expect(refusal(await member.browser.upload('PUT', path, await picture()))).toEqual([
        403,
        'missing_organization_permission',
      ]);
    });
  });

  describe('FAPI deleteOrganizationLogo', () => {
    it('falls back to the drawn one', async () => {
      const { owner, id, path } = await owned();
      const uploaded = await owner.browser.upload('PUT', path, await picture());

      const { body } = await owner.browser.delete(path);

      expect(body.response).toMatchObject({ id, has_image: false, deleted: true });
      expect((await load(uploaded.body.response.image_url)).status).toBe(404);
    });
  });

  describe('BAPI UploadOrganizationLogo', () => {
    it('stores it', async () => {
      const { path } = await owned();

      const { status, body } = await upload(path, await picture());

      expect([status, body.has_image]).toEqual([200, true]);
      expect(body.logo_url).toBe(body.image_url);
      expect((await upload('/v1/organizations/org_none/logo', await picture())).status).toBe(404);
    });
  });

  describe('BAPI DeleteOrganizationLogo', () => {
    it('answers the organization, also when there is none to delete', async () => {
      const { id, path } = await owned();

      expect((await bapi.delete(path)).body).toMatchObject({ object: 'organization', id, has_image: false });
      expect((await bapi.delete('/v1/organizations/org_none/logo')).status).toBe(404);
    });
  });
});
