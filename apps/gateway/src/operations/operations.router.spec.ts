import { findOperation } from './operations.router.js';

describe('findOperation', () => {
  it.each([
    ['fapi', 'GET', '/v1/client', 'getClient', '/v1/client'],
    ['fapi', 'HEAD', '/v1/client', 'getClient', '/v1/client'],
    ['fapi', 'POST', '/v1/client/sessions/sess_1/tokens/supabase', 'createSessionTokenWithTemplate', undefined],
    ['fapi', 'GET', '/api_keys', 'getApiKeys', '/api_keys'],
    ['bapi', 'GET', '/v1/users/count', 'GetUsersCount', '/v1/users/count'],
    ['bapi', 'GET', '/v1/users/user_1', 'GetUser', '/v1/users/user_1'],
    ['bapi', 'POST', '/m2m_tokens/verify', 'verifyM2MToken', '/v1/m2m_tokens/verify'],
    ['bapi', 'POST', '/oauth_applications/access_tokens/verify', 'verifyOAuthAccessToken', undefined],
  ] as const)('%s %s %s is %s', (api, method, path, id, canonical) => {
    expect(findOperation(api, method, path)).toMatchObject({ id, ...(canonical && { path: canonical }) });
  });

  it.each([
    ['fapi', 'GET', '/v1/users/user_1'],
    ['fapi', 'GET', '/client'],
    ['bapi', 'GET', '/users/user_1'],
    ['bapi', 'DELETE', '/v1/users'],
    ['fapi', 'PATCH', '/v1/client/sessions'],
    ['fapi', 'GET', '/v1/me/%zz'],
  ] as const)('%s %s %s is nothing', (api, method, path) => {
    expect(findOperation(api, method, path)).toBeUndefined();
  });
});
