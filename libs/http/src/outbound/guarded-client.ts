import { lookup as lookupName, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { AddressGuard } from './address-guard.js';
import { checkLiteral, readTarget, refused } from './target.js';
import { exchange, type ExchangeResult } from './exchange.js';
import { OutboundFailed, OutboundTimeout } from './outbound-errors.js';

export { TargetGuard } from './target.js';
export { OutboundError, OutboundFailed, OutboundTimeout, TargetRefused } from './outbound-errors.js';

/** Resolves a host name to all its addresses, as `dns.lookup` with `all` does. */
export type Resolve = (
  hostname: string,
  options: { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** How a `GuardedClient` calls. Times in milliseconds. */
export interface GuardedClientOptions {
  /** CIDR ranges that may be called although they are not public; standalone allows `127.0.0.0/8` and `::1/128`. */
  allow?: readonly string[];
  /** Default 5 000. */
  connectTimeoutMs?: number;
  /** From the request's last byte to the answer's headers; default 10 000. */
  headersTimeoutMs?: number;
  /** Between two pieces of the body; default 10 000. */
  bodyTimeoutMs?: number;
  /** For a whole call, redirects included, unless the call names its own; default 15 000. */
  deadlineMs?: number;
  /** Unless the call names its own; default 1 MiB. */
  maxResponseBytes?: number;
  /** Connections to one origin; default 64. */
  connectionsPerOrigin?: number;
  /** In place of the system's resolver. */
  resolve?: Resolve;
}

/** One outgoing call. */
export interface OutboundRequest {
  url: string | URL;
  /** Default `GET`. */
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** How many redirects are followed, each checked like the first target. Default 0: a redirect is returned as it came. */
  maxRedirects?: number;
  deadlineMs?: number;
  maxResponseBytes?: number;
  /** What happens to a longer answer: an `OutboundFailed` (the default), or its beginning with `isTruncated`. */
  onOversize?: 'fail' | 'truncate';
}

/** The answer to a call, whatever its status. */
export interface OutboundResponse extends ExchangeResult {
  /** Where it came from, after redirects. */
  url: string;
  /** From the call to the last byte. */
  durationMs: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What belongs to one origin and is not carried to another. */
const PRIVATE_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);

/**
 * The one way to call an address that a user named: webhooks, avatars, discovery documents. It reaches public addresses
 * only. The check is made where the connection is made, on the very address that is connected to, so a name that
 * answers differently the second time gains nothing; a connection in the pool was checked when it was opened, and pools
 * are not shared with clients of other rules. Nothing in it reads proxy settings of the environment.
 */
export class GuardedClient {
  private readonly guard: AddressGuard;
  private readonly agent: Agent;

  constructor(private readonly options: GuardedClientOptions = {}) {
    this.guard = new AddressGuard(options.allow);
    this.agent = new Agent({
      connect: this.connector(),
      connections: options.connectionsPerOrigin ?? 64,
      headersTimeout: options.headersTimeoutMs ?? 10_000,
      bodyTimeout: options.bodyTimeoutMs ?? 10_000,
      allowH2: false,
    });
  }

  /**
   * Calls a target that a user named.
   *
   * @throws TargetRefused when it, or one it redirects to, is not public
   * @throws OutboundTimeout when it takes too long
   * @throws OutboundFailed when it cannot be reached, redirects too often or answers too much
   */
  async request(request: OutboundRequest): Promise<OutboundResponse> {
    const start = performance.now();
    const deadlineMs = request.deadlineMs ?? this.options.deadlineMs ?? 15_000;
    let hop = {
      url: readTarget(request.url),
      method: request.method ?? 'GET',
      headers: request.headers ?? {},
      body: request.body,
    };
    for (let redirects = 0; ; redirects++) {
      const leftMs = deadlineMs - (performance.now() - start);
      if (leftMs <= 0) throw new OutboundTimeout('total');
      const result = await this.send(hop, request, leftMs);
      const location = result.headers['location'];
      if (!request.maxRedirects || !REDIRECTS.has(result.status) || typeof location !== 'string') {
        return { ...result, url: hop.url.href, durationMs: Math.round(performance.now() - start) };
      }
      if (redirects === request.maxRedirects) throw new OutboundFailed('too many redirects', 'TOO_MANY_REDIRECTS');
      hop = redirected(hop, result.status, location);
    }
  }

  /** Ends the connections, after the calls under way. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  private send(hop: Hop, request: OutboundRequest, deadlineMs: number): Promise<ExchangeResult> {
    // Here too, so that a refused literal does not even wait for a connection.
    checkLiteral(this.guard, hop.url.hostname);
    const { origin, pathname, search } = hop.url;
    const { method, headers, body } = hop;
    return exchange(
      this.agent,
      { origin, path: pathname + search, method, headers, body: body ?? null },
      {
        deadlineMs,
        maxResponseBytes: request.maxResponseBytes ?? this.options.maxResponseBytes ?? 1024 * 1024,
        onOversize: request.onOversize ?? 'fail',
      },
    );
  }

  private connector(): buildConnector.connector {
    const timeout = this.options.connectTimeoutMs ?? 5_000;
    const connect = buildConnector({ allowH2: false, timeout, autoSelectFamily: true, lookup: this.lookup() });
    return (options, callback) => {
      try {
        checkLiteral(this.guard, options.hostname);
      } catch (error) {
        return callback(error as Error, null);
      }
      return connect(options, (...[error, socket]) => {
        if (error) return callback(error, null);
        // The last word, on the address that is really connected.
        if (this.guard.allows(socket.remoteAddress)) return callback(null, socket);
        socket.destroy();
        callback(refused(options.hostname), null);
      });
    };
  }

  /** Resolves a name and hands on only the addresses that may be called. */
  private lookup(): LookupFunction {
    const resolve = this.options.resolve ?? lookupName;
    return (hostname, options, done) => {
      resolve(hostname, { all: true }, (error, addresses) => {
        if (error) return done(error, '');
        const usable = addresses.filter(({ address }) => this.guard.allows(address));
        const [first] = usable;
        if (!first) return done(refused(hostname), '');
        if (options.all) done(null, usable);
        else done(null, first.address, first.family);
      });
    };
  }
}

interface Hop {
  url: URL;
  method: NonNullable<OutboundRequest['method']>;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

/** The request that follows a redirect (RFC 9110, 15.4): all but 307 and 308 turn into a GET, as browsers do it. */
function redirected(hop: Hop, status: number, location: string): Hop {
  const url = readTarget(location, hop.url);
  const keepsMethod = status === 307 || status === 308 || hop.method === 'GET' || hop.method === 'HEAD';
  const isElsewhere = url.origin !== hop.url.origin;
  const carried = Object.entries(hop.headers).filter(([header]) => {
    const name = header.toLowerCase();
    if (name === 'host' || (isElsewhere && PRIVATE_HEADERS.has(name))) return false;
    return keepsMethod || !name.startsWith('content-');
  });
  const headers = Object.fromEntries(carried);
  return keepsMethod ? { ...hop, url, headers } : { url, method: 'GET', headers, body: undefined };
}
