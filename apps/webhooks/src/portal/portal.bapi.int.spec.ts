import { useLatchkey } from '@latchkey/testing';
import { Svix, Webhook } from 'svix';
import { startSubscriber, until } from '../../test/start-webhooks.js';

const latchkey = useLatchkey();

describe('BAPI CreateSvixApp, GenerateSvixAuthURL, DeleteSvixApp through the gateway', () => {
  it('hand out a link that the gateway leads to the portal, for as long as there is an application', async () => {
    const { bapi, at } = latchkey;
    expect((await bapi.post('/v1/webhooks/svix_url')).status).toBe(400);
    expect((await bapi.post('/v1/webhooks/svix')).status).toBe(200);
    expect((await bapi.post('/v1/webhooks/svix')).body).toMatchObject({ errors: [{ code: 'svix_app_exists' }] });

    const { status, body } = await bapi.post('/v1/webhooks/svix_url');
    const [portal, key] = String(body.svix_url).split('/login#key=');
    const opened = await fetch(`${portal}/open`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    });
    const { token } = (await opened.json()) as { token: string };
    const svix = new Svix(token, { serverUrl: portal });

    expect([status, opened.status]).toEqual([200, 200]);
    expect(portal).toBe(`${at.fapiUrl}/webhooks-portal`);
    expect((await svix.endpoint.list(at.instance.id)).data).toEqual([]);
    expect((await bapi.delete('/v1/webhooks/svix')).status).toBe(204);
    expect((await bapi.delete('/v1/webhooks/svix')).body).toMatchObject({ errors: [{ code: 'svix_app_missing' }] });
  });
});

describe("an instance's endpoint", () => {
  it('made with the secret key gets what happens, signed', async () => {
    const { at, given } = latchkey;
    const subscriber = await startSubscriber();
    const svix = new Svix(at.instance.secretKey, { serverUrl: at.bapiUrl });
    const { id } = await svix.endpoint.create(at.instance.id, { url: subscriber.url, filterTypes: ['user.created'] });
    const { key } = await svix.endpoint.getSecret(at.instance.id, id);

    const user = await given.user();
    const call = await until(() => subscriber.received[0]);
    await subscriber.close();

    expect(new Webhook(key).verify(call.body, call.headers)).toMatchObject({
      type: 'user.created',
      instance_id: at.instance.id,
      data: { id: user.id, object: 'user' },
    });
  });
});
