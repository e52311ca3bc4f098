import { Webhook } from 'svix';
import { newSigningSecret, readSigningSecret, signatureHeaders, signingKey } from './deliveries.signature.js';

describe('signatureHeaders', () => {
  it("gives the signature of the contract's worked example", () => {
    const key = signingKey('whsec_bGF0Y2hrZXktZXhhbXBsZS13ZWJob29rLWtleS0zMmI=');
    const body = '{"data":{"id":"user_1"},"object":"event","type":"user.created"}';

    const headers = signatureHeaders({ id: 'msg_2example', at: new Date(1_717_000_000_000), body }, [key]);

    expect(headers['svix-signature']).toBe('v1,nJG0K8PL4q5z8DrCiWkEIPOQb4/6zBcGZdaUV6hCgec=');
    expect(headers['svix-timestamp']).toBe('1717000000');
  });

  it('carries one signature per secret, each of which verifies', () => {
    const secrets = [newSigningSecret(), newSigningSecret()];
    const body = '{"name":"Zoë"}';
    const headers = signatureHeaders({ id: 'msg_1', at: new Date(), body }, secrets.map(signingKey));

    for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual({ name: 'Zoë' });
    expect(headers['webhook-signature']).toBe(headers['svix-signature']);
  });
});

describe('readSigningSecret', () => {
  it('takes standard base64 with or without the prefix', () => {
    const bare = Buffer.alloc(32, 0xfb).toString('base64');

    expect(readSigningSecret(bare)).toBe(`whsec_${bare}`);
    expect(readSigningSecret(`whsec_${bare}`)).toBe(`whsec_${bare}`);
  });

  it.each(['', 'short', 'a'.repeat(400), Buffer.alloc(32, 0xfb).toString('base64url'), 'not base64!'.repeat(4)])(
    'refuses %j',
    (text) => expect(readSigningSecret(text)).toBeUndefined(),
  );
});
