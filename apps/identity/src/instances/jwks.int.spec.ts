import { createLocalJWKSet, jwtVerify } from 'jose';
import { send, useLatchkey } from '@latchkey/testing';

const latchkey = useLatchkey();

describe('BAPI GetJWKS', () => {
  it('holds the key that verifies the tokens of the instance, and no secret of it', async () => {
    const { browser, sessionId, userId } = await latchkey.given.signedInBrowser();
    const { body: token } = await browser.post(`/v1/client/sessions/${sessionId}/tokens`);

    const { status, body } = await latchkey.bapi.get('/v1/jwks');

    expect(status).toBe(200);
    expect(body.keys[0]).toEqual({
      use: 'sig',
      kty: 'RSA',
      kid: latchkey.at.instance.id,
      alg: 'RS256',
      n: expect.any(String),
      e: 'AQAB',
    });
    const { payload } = await jwtVerify(token.jwt, createLocalJWKSet(body));
    expect(payload.sub).toBe(userId);
  });

  it('does not verify the tokens of another instance', async () => {
    const other = await latchkey.anotherInstance();
    const { browser, sessionId } = await other.given.signedInBrowser();
    const { body: token } = await browser.post(`/v1/client/sessions/${sessionId}/tokens`);
    const { body } = await latchkey.bapi.get('/v1/jwks');

    await expect(jwtVerify(token.jwt, createLocalJWKSet(body))).rejects.toThrow(/no applicable key/);
  });
});

describe('FAPI getJWKS', () => {
  it('is the same, for everybody', async () => {
    const { status, body } = await send({ method: 'GET', url: `${latchkey.at.fapiUrl}/.well-known/jwks.json` });

    expect(status).toBe(200);
    expect(body).toEqual((await latchkey.bapi.get('/v1/jwks')).body);
  });
});
