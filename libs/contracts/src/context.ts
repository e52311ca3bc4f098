import type { Api } from './operations/index.js';

/** Who asks, as the gateway has established it. Services trust nothing else of what a caller sends. */
export interface RequestContext {
  instanceId: string;
  environment: 'development' | 'production';
  api: Api;
  /** The API version that the answer's shape follows: the newest known one that is not newer than the caller's. */
  apiVersion: ApiVersion;
  requestId: string;
  /** FAPI: the browser or app that calls; absent until its first change creates one. */
  clientId?: string;
  /** FAPI, development: the token that stands in for the client's cookie. */
  devBrowserId?: string;
  /** FAPI: the acting session (`_clerk_session_id`, else the client's last active one), when it may act. */
  sessionId?: string;
  userId?: string;
  /** The organization that is active in the acting session. */
  organizationId?: string;
  /** The person who impersonates `userId`, as the actor token named them. */
  actor?: { sub: string };
  /** FAPI: a mobile app or extension, which keeps its client token itself. */
  isNative?: boolean;
  /** The address at which the caller reaches FAPI (no trailing slash), behind a proxy the proxy's. */
  fapiUrl: string;
  /** `Origin` of the request, when it sent one. */
  origin?: string;
  ipAddress: string;
  userAgent: string;
}

/** Carries the request's context from the gateway to a service. */
export const CONTEXT_HEADER = 'x-latchkey-context';
/** Where a request from within the process carries its context as it is: unlike a header, no caller outside can set it. */
export const CONTEXT = Symbol('latchkey context');
/** Tells the gateway of the client token that the browser is to keep. */
export const CLIENT_HEADER = 'x-latchkey-client';
/** As `CLIENT_HEADER`, of the token of a development browser. */
export const DEV_BROWSER_HEADER = 'x-latchkey-dev-browser';

/** Every published API version, oldest first. */
export const apiVersions = [
  '2021-02-05',
  '2024-10-01',
  '2025-03-12',
  '2025-04-10',
  '2025-11-10',
  '2026-05-12',
] as const;

/** From this API version on, metadata of users is changed by operations of its own. */
export const METADATA_APART_SINCE: ApiVersion = '2026-05-12';

/** A published API version. */
export type ApiVersion = (typeof apiVersions)[number];
