import type { RequestContext } from '@latchkey/contracts';
import type { InstanceView } from './instance-views.js';
import type { UserSummary } from './user-summaries.js';
import { inBatches, ServiceClient } from '../service-client.js';
import type { ServiceTransport } from '../service-transport.js';

/** What the gateway must know about an instance to let its callers in. */
export interface InstanceInfo {
  id: string;
  environment: RequestContext['environment'];
  publishableKey: string;
  /** The text inside the publishable key: FAPI's host, with port and path if any. */
  frontendApi: string;
  /** The address at which browsers reach FAPI, no trailing slash. */
  fapiUrl: string;
  cookieSuffix: string;
  /** Public keys of the instance's tokens (JWKs), newest first. */
  jwks: Record<string, unknown>[];
  allowedOrigins: string[];
}

/** How an instance is named by a request. */
export type InstanceSelector = { host: string } | { publishable_key: string } | { secret_key_hash: string };

/** A browser or app as requests are judged by it: its token, and the sessions that may act through it. */
export interface ClientState {
  id: string;
  rotatingToken: string;
  /** Good until `previousUntil` (milliseconds), for requests that were under way when the token changed. */
  previousToken: string | null;
  previousUntil: number;
  lastActiveSessionId: string | null;
  /** Milliseconds; in seconds it is the `__client_uat` of a client with sessions. */
  updatedAt: number;
  sessions: ClientSession[];
}

/** A session that is active or pending. */
export interface ClientSession {
  id: string;
  userId: string;
  status: 'active' | 'pending';
  organizationId: string | null;
  actor: { sub: string } | null;
  /** When each factor was last proved, in milliseconds; null when never. */
  firstFactorAt: number | null;
  secondFactorAt: number | null;
  /** The newest step-up, for the claim of that name. */
  reverificationId: string | null;
  /** Milliseconds; past it the session no longer acts. */
  expireAt: number;
  abandonAt: number;
}

/** The client as FAPI shows it. */
export interface ClientSnapshot {
  /** `ClientJSON`. */
  json: Buffer;
  /** Its `__client_uat`: seconds, 0 without sessions. */
  uat: number;
}

/** With a client's snapshot: its `__client_uat`, for who does not parse it. */
export const UAT_HEADER = 'x-latchkey-client-uat';

/** A call that no instance's caller has caused. */
export const systemContext = (requestId: string, instanceId = ''): RequestContext => ({
  instanceId,
  environment: 'production',
  api: 'bapi',
  apiVersion: '2026-05-12',
  requestId,
  fapiUrl: '',
  ipAddress: '',
  userAgent: '',
});

/** What the other services ask `identity`. */
export class IdentityClient extends ServiceClient {
  constructor(transport: ServiceTransport) {
    super('identity', transport);
  }

  /** The instance that a host or key leads to; null when there is none. */
  resolveInstance(requestId: string, selector: InstanceSelector): Promise<InstanceInfo | null> {
    return this.get(systemContext(requestId), `/instances/resolve?${new URLSearchParams(selector)}`);
  }

  /** The state of a client; null when there is none of this id in the instance. */
  clientState(ctx: RequestContext, clientId: string): Promise<ClientState | null> {
    return this.get(ctx, `/clients/${clientId}/state`);
  }

  /** The client that a development browser stands for; null while it has none, undefined when the browser is unknown. */
  async devBrowserClient(ctx: RequestContext, devBrowserId: string): Promise<string | null | undefined> {
    const found = await this.get<{ client_id: string | null } | null>(ctx, `/dev_browsers/${devBrowserId}`);
    return found ? found.client_id : undefined;
  }

  /** The client of the context as FAPI shows it; null when it has none. Not parsed: it may be a megabyte. */
  async clientSnapshot(ctx: RequestContext): Promise<ClientSnapshot | null> {
    const { headers, body } = await this.read(ctx, '/clients/current/snapshot');
    return body.length ? { json: body, uat: Number(headers[UAT_HEADER]) } : null;
  }

  /** What the other services must know of the instance of the context. Ask `InstanceViews`, which keeps it. */
  instanceView(ctx: RequestContext): Promise<InstanceView | null> {
    return this.get(ctx, '/instances/current');
  }

  /** What others may know of users; those that do not exist are left out. Ask `UserSummaries`, which keeps them. */
  users(ctx: RequestContext, ids: readonly string[]): Promise<UserSummary[]> {
    return inBatches(ids, (batch) => this.get(ctx, `/users?${new URLSearchParams(batch.map((id) => ['ids', id]))}`));
  }
}
