import type { FastifyRequest } from 'fastify';
import querystring from 'fast-querystring';

/** A request as its caller meant it: what stands in for its method is applied, and its credentials are looked at apart. */
export interface Incoming {
  method: string;
  /** Without the name of the API and the query. */
  path: string;
  query: Record<string, string | string[]>;
  /** The query without what only the gateway reads, as it was written. */
  forwardedQuery: string;
  body: Buffer | undefined;
  contentType: string | undefined;
}

/**
 * What callers tell the gateway beside their real parameters. `suffixed_cookies`, `__clerk_hs_reason` and `__session` are
 * read by the handshake, and the ticket in `__clerk_ticket` by pages: they stay.
 */
const OWN_PARAMETERS = new Set([
  '__clerk_api_version',
  '__clerk_db_jwt',
  '__dev_session',
  '__clerk_testing_token',
  '__domain',
  '_method',
  '_is_native',
  '_electron_sdk_version',
  '_clerk_js_version',
  '_clerk_session_id',
  '_clerk_retry_attempt',
  'debug',
]);

/** Whether only the gateway reads a parameter. Of unknown ones with the SDK's prefix, too, owners need not hear. */
const isOwn = (name: string) => OWN_PARAMETERS.has(name) || name.startsWith('_clerk_');

/** Reads a request whose path begins with the name of its API (`/fapi/v1/client`). */
export function readIncoming(request: FastifyRequest, api: 'fapi' | 'bapi'): Incoming {
  const url = request.raw.url!.slice(api.length + 1);
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  const search = end < 0 ? '' : url.slice(end + 1);
  const incoming: Incoming = {
    method: request.method,
    path,
    query: querystring.parse(search) as Incoming['query'],
    forwardedQuery: search === '' ? '' : without(search, isOwn),
    body: Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : undefined,
    contentType: request.headers['content-type'],
  };
  if (request.method === 'POST') applyMethod(incoming);
  return incoming;
}

/** A parameter's value; of several, the first. */
export function parameter(query: Incoming['query'], name: string): string | undefined {
  const value = query[name];
  return Array.isArray(value) ? value[0] : value;
}

const isForm = ({ contentType }: Incoming) => contentType?.startsWith('application/x-www-form-urlencoded') === true;

const METHODS = new Set(['GET', 'PUT', 'PATCH', 'DELETE', 'POST']);

/** Browsers send GET and POST only, so that no preflight is needed; the SDK says in `_method` what it means. */
function applyMethod(incoming: Incoming): void {
  let method = parameter(incoming.query, '_method');
  if (incoming.body && isForm(incoming) && incoming.body.includes('_method=')) {
    const text = incoming.body.toString();
    method ??= parameter(querystring.parse(text) as Incoming['query'], '_method');
    incoming.body = Buffer.from(without(text, (name) => name === '_method'));
  }
  method = method?.toUpperCase();
  if (method === undefined || !METHODS.has(method)) return;
  incoming.method = method;
  if (method === 'GET' && incoming.body && isForm(incoming)) {
    incoming.forwardedQuery = [incoming.forwardedQuery, incoming.body.toString()].filter(Boolean).join('&');
    incoming.body = undefined;
  }
}

/** Encoded parameters without those that `drop` names; the others stay as they were written. */
function without(text: string, drop: (name: string) => boolean): string {
  return text
    .split('&')
    .filter((pair) => {
      const name = pair.split('=', 1)[0]!;
      return name !== '' && !drop(name.includes('%') ? safeDecode(name) : name);
    })
    .join('&');
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
