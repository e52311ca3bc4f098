import { useGateway } from '../testing/use-gateway.js';

const KEY = { authorization: 'Bearer sk_test_1' };
const JSON_BODY = { 'content-type': 'application/json' };

const { owner, bapi, fapi, ops } = useGateway();
beforeAll(() => owner.addInstance('ins_dev', 'development', 'dev.example', 'sk_test_1'));

describe('BAPI', () => {
  it('forwards to the owner for the instance of the key, and answers exactly application/json', async () => {
    const answer = await bapi({
      path: '/v1/users/user_1?limit=2&__clerk_api_version=2025-11-10',
      headers: { ...KEY, ...JSON_BODY },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json()).toEqual({ object: 'thing' });
    expect(owner.last.url).toBe('/bapi/v1/users/user_1?limit=2');
    expect(owner.last.ctx).toMatchObject({ instanceId: 'ins_dev', api: 'bapi', apiVersion: '2025-11-10' });
  });

  it('hands bodies on unread', async () => {
    await bapi({ method: 'POST', path: '/v1/users', headers: { ...KEY, ...JSON_BODY }, body: 'null' });
    expect(owner.last).toMatchObject({ method: 'POST', body: 'null' });
  });

  it('passes an answer without a body on', async () => {
    owner.next = { status: 204, body: '' };
    const answer = await bapi({ method: 'PATCH', path: '/v1/instance', headers: { ...KEY, ...JSON_BODY }, body: '{}' });
    expect(answer).toMatchObject({ status: 204, text: '' });
  });

  it('finds what the SDK calls without the version', async () => {
    await bapi({ path: '/api_keys?subject=user_1', headers: KEY });
    expect(owner.last.url).toBe('/bapi/v1/api_keys?subject=user_1');
  });

  it.each([
    [{}, 'authorization_header_format_invalid'],
    [{ authorization: 'Basic c2s=' }, 'authorization_header_format_invalid'],
    [{ authorization: 'Bearer sk_test_unknown' }, 'clerk_key_invalid'],
  ])('answers the credentials %j with 401 %s', async (headers, code) => {
    const answer = await bapi({ path: '/v1/users', headers: headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json().errors[0].code).toBe(code);
  });

  it.each([
    ['/v1/users?__clerk_api_version=1999-01-01', {}],
    ['/v1/users?__clerk_api_version=2025-04-10', { 'clerk-api-version': '2025-04-10' }],
  ])('answers %s with %j as api_version_invalid', async (path, headers) => {
    const answer = await bapi({ path, headers: { ...KEY, ...headers } });
    expect(answer.status).toBe(400);
    expect(answer.json().errors[0].code).toBe('api_version_invalid');
  });

  it('answers an unknown path with 404', async () => {
    const answer = await bapi({ path: '/v1/nothing', headers: KEY });
    expect(answer.status).toBe(404);
    expect(answer.json().errors[0].code).toBe('resource_not_found');
  });

  it('serves nothing of FAPI, and no probes', async () => {
    expect((await bapi({ path: '/v1/client/handshake', headers: KEY })).status).toBe(404);
    expect((await bapi({ path: '/metrics', headers: KEY })).status).toBe(404);
    expect((await fapi({ path: '/metrics' })).status).toBe(404);
    expect((await ops({ path: '/health/live' })).json()).toEqual({ status: 'ok' });
  });

  it('is measured by operation, not by path', async () => {
    await bapi({ path: '/v1/users/user_1', headers: KEY });
    const { text } = await ops({ path: '/metrics' });
    expect(text).toMatch(/latchkey_gateway_request_seconds_count\{api="bapi",operation="GetUser",status="200"\} \d/);
    expect(text).not.toContain('user_1');
  });
});

describe('The API of webhook endpoints', () => {
  it('is forwarded to webhooks', async () => {
    await bapi({ path: '/api/v1/app/ins_dev/endpoint', headers: KEY });
    expect(owner.last.url).toBe('/svix/api/v1/app/ins_dev/endpoint');
    expect(owner.last.ctx.instanceId).toBe('ins_dev');
    expect(owner.last.headers['x-request-id']).toBe(owner.last.ctx.requestId);
  });

  it('refuses in the shape of its client', async () => {
    const answer = await bapi({ path: '/api/v1/app/ins_dev/endpoint' });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'authorization_header_format_invalid', detail: expect.any(String) });
  });
});

describe('BAPI limits', () => {
  it('answers 100 requests of a development instance in ten seconds', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 120 }, async () => (await bapi({ path: '/v1/users', headers: KEY })).status),
    );
    expect(statuses).toContain(429);
    const refused = await bapi({ path: '/v1/users', headers: KEY });
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(10);
    expect((await bapi({ path: '/v1/jwks', headers: KEY })).status).toBe(200);
    const svix = await bapi({ path: '/api/v1/app/ins_dev/endpoint', headers: KEY });
    expect([svix.status, svix.json()]).toEqual([429, { code: 'too_many_requests', detail: expect.any(String) }]);
    expect(Number(svix.headers['retry-after'])).toBeGreaterThan(0);
  });
});
