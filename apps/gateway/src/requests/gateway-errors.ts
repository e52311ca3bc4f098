import { refusal } from '@latchkey/core';

/** No instance answers at this host. */
export const hostInvalid = () => refusal(400, 'host_invalid', 'Invalid host', 'No instance answers at this address.');
/** A browser of another site asks. */
export const originInvalid = () =>
  refusal(
    400,
    'origin_invalid',
    'Invalid Origin header',
    'Requests from this origin are not allowed; add it to the allowed origins of the instance.',
  );
/** A change that rides on a cookie must tell which page caused it. */
export const originMissing = () =>
  refusal(400, 'origin_missing', 'Missing Origin header', 'Browsers must send an Origin header with this request.');
/** A browser has cookies, an app has a token: a request with both is neither. */
export const originWithAuthorization = () =>
  refusal(
    400,
    'origin_authorization_headers_conflict',
    'Origin and Authorization together',
    'A request may have an Origin or an Authorization header, not both.',
  );
export const severalOrigins = () =>
  refusal(400, 'multiple_origin_header_values_forbidden', 'Several origins', 'A request may have one Origin.');

/** The development browser is unknown; the SDK makes a new one. */
export const devBrowserUnauthenticated = () =>
  refusal(
    401,
    'dev_browser_unauthenticated',
    'Browser unauthenticated',
    'This browser is not known to the development instance. Reload the page to make it known.',
  );
export const proxySecretMissing = () =>
  refusal(
    400,
    'proxy_request_missing_secret_key',
    'Missing secret key',
    'A proxied request needs the Clerk-Secret-Key header.',
  );
export const proxySecretInvalid = () =>
  refusal(
    401,
    'proxy_request_invalid_secret_key',
    'Invalid secret key',
    'The Clerk-Secret-Key header does not hold a secret key of the instance.',
  );
export const proxyUrlInvalid = () =>
  refusal(
    400,
    'host_invalid',
    'Invalid proxy URL',
    'The Clerk-Proxy-Url header must be an absolute http or https URL.',
  );
export const authorizationMalformed = () =>
  refusal(
    401,
    'authorization_header_format_invalid',
    'Invalid Authorization header format',
    'Send the header Authorization: Bearer <secret key>.',
  );
export const keyInvalid = () =>
  refusal(
    401,
    'clerk_key_invalid',
    'The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.',
    'No instance has this secret key; it may have been revoked.',
  );
export const apiVersionInvalid = () =>
  refusal(
    400,
    'api_version_invalid',
    'Invalid API version',
    'Name one published API version, in the Clerk-API-Version header or in the query, not in both.',
  );
export const malformedPath = () =>
  refusal(
    400,
    'malformed_request_parameters',
    'Malformed request parameters',
    'The path of the request cannot be decoded.',
  );
/** An owner did not answer. */
export const serviceUnavailable = () =>
  refusal(
    503,
    'service_unavailable',
    'Service unavailable',
    'A part of the service does not answer at the moment. Try again soon.',
  );

/** Nothing is at this path. */
export const unknownPath = (method: string, path: string) =>
  refusal(404, 'resource_not_found', 'not found', `There is no ${method} ${path}.`);
