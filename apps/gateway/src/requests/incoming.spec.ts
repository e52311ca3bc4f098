import type { FastifyRequest } from 'fastify';
import { readIncoming } from './incoming.js';

const FORM = 'application/x-www-form-urlencoded';

const request = (method: string, url: string, body?: string, contentType = FORM) =>
  ({
    method,
    raw: { url },
    headers: body === undefined ? {} : { 'content-type': contentType },
    body: body === undefined ? undefined : Buffer.from(body),
  }) as unknown as FastifyRequest;

describe('readIncoming', () => {
  it.each([
    ['/fapi/v1/client', ''],
    ['/fapi/v1/client?', ''],
    ['/fapi/v1/client?_method=PATCH&__clerk_api_version=2026-05-12&_clerk_js_version=6&_is_native=1', ''],
    ['/fapi/v1/client?%5F_clerk_db_jwt=x&a=%2B1', 'a=%2B1'],
    ['/fapi/v1/me?status=pending&status=accepted&_clerk_session_id=s', 'status=pending&status=accepted'],
    [
      '/fapi/v1/client?redirect_url=a&suffixed_cookies=true&__clerk_hs_reason=r&__session=t&format=nonce&organization_id=',
      'redirect_url=a&suffixed_cookies=true&__clerk_hs_reason=r&__session=t&format=nonce&organization_id=',
    ],
    ['/fapi/v1/client?expired_token=x&debug=skip_cache', 'expired_token=x'],
  ])('%s is forwarded with the query "%s"', (url, forwarded) => {
    expect(readIncoming(request('GET', url), 'fapi').forwardedQuery).toBe(forwarded);
  });

  it.each([
    ['PATCH', '/fapi/v1/me?_method=PATCH', 'first_name=A', 'first_name=A'],
    ['DELETE', '/fapi/v1/me', '_method=delete', undefined],
    ['PUT', '/fapi/v1/me?_method=PUT', '_method=PATCH&a=1', 'a=1'],
    ['POST', '/fapi/v1/me?_method=CONNECT', 'a=1', 'a=1'],
  ])('means %s by POST %s with %s', (method, url, body, left) => {
    const incoming = readIncoming(request('POST', url, body), 'fapi');
    expect(incoming.method).toBe(method);
    expect(incoming.body?.toString() || undefined).toBe(left);
  });

  it('looks for the method in no body but a form', () => {
    const json = '{"note":"_method=DELETE"}';
    const incoming = readIncoming(request('POST', '/bapi/v1/users', json, 'application/json'), 'bapi');
    expect(incoming.method).toBe('POST');
    expect(incoming.body?.toString()).toBe(json);
  });

  it('takes no method from the query of what is not a POST', () => {
    expect(readIncoming(request('GET', '/fapi/v1/client?_method=DELETE'), 'fapi').method).toBe('GET');
  });
});
