import { generateKeyPairSync } from 'node:crypto';
import { useLatchkey } from '@latchkey/testing';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';

const latchkey = useLatchkey();
const { bapi, given, anotherInstance, clock } = latchkey;

const missing = { status: 404, code: 'resource_not_found' };
const refusal = ({ status, body }: { status: number; body: { errors: { code: string; meta?: unknown }[] } }) => ({
  status,
  code: body.errors[0]?.code,
});
let made = 0;
const create = (fields: object = {}) => bapi.post('/v1/jwt_templates', { name: `t${++made}`, claims: {}, ...fields });

describe('BAPI CreateJWTTemplate', () => {
  it('makes a template with the usual life and tolerance', async () => {
    const { status, body } = await create({ name: 'hasura', claims: { role: '{{user.public_metadata.role}}' } });

    expect(status).toBe(200);
    expect(body).toEqual({
      object: 'jwt_template',
      id: expect.stringMatching(/^jtmp_/),
      name: 'hasura',
      claims: { role: '{{user.public_metadata.role}}' },
      lifetime: 60,
      allowed_clock_skew: 5,
      custom_signing_key: false,
      signing_algorithm: 'RS256',
      created_at: expect.any(Number),
      updated_at: expect.any(Number),
    });
  });

  it('never shows the key that signs', async () => {
    const { body } = await create({ custom_signing_key: true, signing_algorithm: 'HS256', signing_key: 'a secret' });

    expect(body).toMatchObject({ custom_signing_key: true, signing_algorithm: 'HS256' });
    expect(JSON.stringify(body)).not.toContain('a secret');
  });

  it.each(['azp', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sub'])('refuses to set %s', async (claim) => {
    expect(refusal(await create({ claims: { [claim]: 1 } }))).toEqual({
      status: 400,
      code: 'jwt_template_reserved_claim',
    });
  });

  it.each([
    [{ lifetime: 29 }],
    [{ allowed_clock_skew: 301 }],
    [{ name: '' }],
    [{ claims: 'text' }],
    [{ custom_signing_key: true }],
    [{ custom_signing_key: true, signing_algorithm: 'HS256' }],
    [{ custom_signing_key: true, signing_algorithm: 'none', signing_key: 'x' }],
    [{ custom_signing_key: true, signing_algorithm: 'RS256', signing_key: 'no PEM' }],
  ])('refuses %j', async (fields) => {
    expect((await create(fields)).status).toBe(422);
  });

  it('gives a name to one of two that want it at once', async () => {
    const replies = await Promise.all([create({ name: 'wanted' }), create({ name: 'wanted' })]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(refusal(replies.find(({ status }) => status === 422)!)).toEqual({
      status: 422,
      code: 'form_already_exists',
    });
  });
});

describe('BAPI ListJWTTemplates', () => {
  it('lists the templates of the instance alone, as a page when asked', async () => {
    const { id } = (await create()).body;
    const other = await anotherInstance();

    expect((await bapi.get('/v1/jwt_templates?limit=500')).body).toContainEqual(expect.objectContaining({ id }));
    expect((await other.bapi.get('/v1/jwt_templates?paginated=true')).body).toEqual({ data: [], total_count: 0 });
  });
});

describe('BAPI GetJWTTemplate', () => {
  it('finds it, though not for another instance', async () => {
    const { id } = (await create()).body;
    const other = await anotherInstance();

    expect((await bapi.get(`/v1/jwt_templates/${id}`)).body.id).toBe(id);
    expect(refusal(await other.bapi.get(`/v1/jwt_templates/${id}`))).toEqual(missing);
  });
});

describe('BAPI UpdateJWTTemplate', () => {
  it('changes it for the next token', async () => {
    const { sessionId } = await given.signedInBrowser();
    const { id, name } = (await create({ claims: { plan: 'silver' } })).body;
    const claims = async () => decodeJwt((await bapi.post(`/v1/sessions/${sessionId}/tokens/${name}`)).body.jwt);
    expect(await claims()).toMatchObject({ plan: 'silver' });

    const { body } = await bapi.patch(`/v1/jwt_templates/${id}`, { name, claims: { plan: 'gold' }, lifetime: 120 });

    expect(body).toMatchObject({ lifetime: 120, claims: { plan: 'gold' } });
    const changed = await claims();
    expect(changed).toMatchObject({ plan: 'gold' });
    expect(changed.exp! - changed.iat!).toBe(120);
  });

  it('keeps the key that it is not told, and gives it up when told to', async () => {
    const key = { custom_signing_key: true, signing_algorithm: 'HS512', signing_key: 'secret' };
    const { id, name } = (await create(key)).body;

    const kept = await bapi.patch(`/v1/jwt_templates/${id}`, { name, claims: { a: 1 } });
    const given_up = await bapi.patch(`/v1/jwt_templates/${id}`, { name, claims: {}, custom_signing_key: false });

    expect(kept.body).toMatchObject({ custom_signing_key: true, signing_algorithm: 'HS512' });
    expect(given_up.body).toMatchObject({ custom_signing_key: false, signing_algorithm: 'RS256' });
  });

  it('does not find one that there is not', async () => {
    expect(refusal(await bapi.patch('/v1/jwt_templates/jtmp_none', { name: 'x', claims: {} }))).toEqual(missing);
  });
});

describe('BAPI DeleteJWTTemplate', () => {
  it('ends its tokens', async () => {
    const { browser, sessionId } = await given.signedInBrowser();
    const { id, name } = (await create()).body;
    await browser.post(`/v1/client/sessions/${sessionId}/tokens/${name}`);

    expect((await bapi.delete(`/v1/jwt_templates/${id}`)).body).toEqual({ object: 'jwt_template', id, deleted: true });
    expect(refusal(await browser.post(`/v1/client/sessions/${sessionId}/tokens/${name}`))).toEqual(missing);
    expect(refusal(await bapi.delete(`/v1/jwt_templates/${id}`))).toEqual(missing);
  });
});

describe('FAPI createSessionTokenWithTemplate', () => {
  it('fills in the shortcodes, and binds the token to no session', async () => {
    const { browser, sessionId, userId, email } = await given.signedInBrowser({
      first_name: 'Ada',
      last_name: 'Byron',
    });
    const claims = {
      aud: 'https://api.test',
      email: '{{user.primary_email_address}}',
      name: 'Ms {{user.full_name}}',
      verified: '{{user.email_verified}}',
      org: "{{org.slug || 'none'}}",
      session: '{{session.id}}',
      deep: { list: ['{{user.id}}', '{{user.username}}'] },
    };
    const { name } = (await create({ claims, allowed_clock_skew: 30 })).body;

    const { status, body } = await browser.post(`/v1/client/sessions/${sessionId}/tokens/${name}`);

    expect(status).toBe(200);
    expect(decodeProtectedHeader(body.jwt)).toMatchObject({ alg: 'RS256', typ: 'JWT', cat: 'cl_B7d4PD222AAA' });
    const { keys } = (await bapi.get('/v1/jwks')).body;
    const currentDate = clock.now();
    const { payload } = await jwtVerify(body.jwt, createLocalJWKSet({ keys }), { audience: claims.aud, currentDate });
    expect(payload).toMatchObject({
      azp: 'http://localhost:3000',
      sub: userId,
      email,
      name: 'Ms Ada Byron',
      verified: true,
      org: 'none',
      session: sessionId,
      deep: { list: [userId, null] },
      nbf: payload.iat! - 30,
    });
    expect(Object.keys(payload)).not.toEqual(expect.arrayContaining(['sid', 'v', 'sts', 'fva', 'o']));
  });

  it.each(['HS256', 'HS384', 'HS512'])('signs with a secret of the instance by %s', async (algorithm) => {
    const { browser, sessionId } = await given.signedInBrowser();
    const secret = 'a secret that is long enough for every one of the three algorithms, which want 64 bytes';
    const { name } = (await create({ custom_signing_key: true, signing_algorithm: algorithm, signing_key: secret }))
      .body;

    const { jwt } = (await browser.post(`/v1/client/sessions/${sessionId}/tokens/${name}`)).body;

    const options = { algorithms: [algorithm], currentDate: clock.now() };
    await expect(jwtVerify(jwt, Buffer.from(secret), options)).resolves.toBeDefined();
  });

  it.each(['RS256', 'RS512', 'PS256', 'ES256'])('signs with a private key of the instance by %s', async (algorithm) => {
    const { browser, sessionId } = await given.signedInBrowser();
    const { privateKey, publicKey } = algorithm.startsWith('ES')
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signing_key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const { name } = (await create({ custom_signing_key: true, signing_algorithm: algorithm, signing_key })).body;

    const { jwt } = (await browser.post(`/v1/client/sessions/${sessionId}/tokens/${name}`)).body;

    await expect(
      jwtVerify(jwt, publicKey, { algorithms: [algorithm], currentDate: clock.now() }),
    ).resolves.toBeDefined();
  });

  it('finds neither a template that there is not, nor a session of another client', async () => {
    const { browser, sessionId } = await given.signedInBrowser();
    const other = await given.signedInBrowser();
    const { name } = (await create()).body;

    expect(refusal(await browser.post(`/v1/client/sessions/${sessionId}/tokens/none`))).toEqual(missing);
    expect(refusal(await other.browser.post(`/v1/client/sessions/${sessionId}/tokens/${name}`))).toEqual(missing);
  });
});

describe('BAPI CreateSessionTokenFromTemplate', () => {
  it('lives as long as is asked', async () => {
    const { sessionId } = await given.signedInBrowser();
    const { name } = (await create({ lifetime: 300 })).body;
    const life = async (fields?: object) => {
      const { exp, iat } = decodeJwt((await bapi.post(`/v1/sessions/${sessionId}/tokens/${name}`, fields)).body.jwt);
      return exp! - iat!;
    };

    expect(await life()).toBe(300);
    expect(await life({ expires_in_seconds: 31 })).toBe(31);
  });

  it('does not find a template that there is not', async () => {
    const { sessionId } = await given.signedInBrowser();

    expect(refusal(await bapi.post(`/v1/sessions/${sessionId}/tokens/none`))).toEqual(missing);
  });
});

describe("an instance's own claims", () => {
  it('are in every session token, and follow the user', async () => {
    const instance = await anotherInstance({
      settings: { sessions: { claims: { name: '{{user.first_name}}', meta: '{{user.public_metadata}}', sub: 'x' } } },
    });
    const { browser, sessionId, userId } = await instance.given.signedInBrowser({ first_name: 'Ada' });
    const { jwt } = (await browser.post(`/v1/client/sessions/${sessionId}/tokens`)).body;

    expect(decodeJwt(jwt)).toMatchObject({ name: 'Ada', meta: {}, sub: userId });
  });
});
