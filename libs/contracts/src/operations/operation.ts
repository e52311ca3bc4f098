/** A service that answers requests; `gateway` answers its own. */
export type ServiceName = 'gateway' | 'identity' | 'organizations' | 'billing' | 'webhooks';

/** The two public APIs: FAPI for browsers and apps, BAPI for servers. */
export type Api = 'fapi' | 'bapi';

/** How an operation of FAPI is called, and what its answer looks like. BAPI has one way for all: a secret key, and the plain resource. */
export interface Traits {
  /**
   * Who may call it: `session`, only who is signed in; `session_token`, the same, proved by the session's token in `Authorization`; `own`,
   * who has the credentials in `Authorization` that the owner asks for; `none`, anybody.
   */
  auth: 'session' | 'session_token' | 'own' | 'none';
  /**
   * What the gateway makes of the owner's answer: `wrapped`, `{response, client}`; `flat`, the resource itself; `doubled`, both, for lists that
   * some SDK versions read at the top level and others in `response`.
   */
  shape: 'wrapped' | 'flat' | 'doubled';
  /** Pages and servers of other parties call it by design: a protocol with checks of its own. */
  crossSite: boolean;
}

/** An operation of the contract: where it is found, who answers it, and the status of its success. */
export interface Operation extends Traits {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` for each parameter. */
  path: string;
  owner: ServiceName;
  status: number;
}

/** An entry of the operation tables. */
export const op = (method: Operation['method'], path: string, owner: ServiceName, status = 200): Operation => ({
  method,
  path,
  owner,
  status,
  auth: 'session',
  shape: 'wrapped',
  crossSite: false,
});

const having =
  (traits: Partial<Traits>) =>
  (operation: Operation): Operation => ({ ...operation, ...traits });

/** Nobody needs to be signed in. */
export const open = having({ auth: 'none' });
/** The SDKs read the fields of the answer itself. */
export const flat = having({ shape: 'flat' });
/** The SDKs read it in both places. */
export const doubled = having({ shape: 'doubled' });
/** Other parties' pages call it. */
export const crossSite = having({ crossSite: true });
/** A protocol that is not the contract's own: discovery, SAML, pictures. */
export const protocol = having({ auth: 'none', shape: 'flat', crossSite: true });
/** OAuth's endpoints, whose callers are apps. */
export const ownCredentials = having({ auth: 'own', shape: 'flat', crossSite: true });
/** The keys of machines: their component sends the session's token and no cookie. */
export const bySessionToken = having({ auth: 'session_token', shape: 'flat', crossSite: true });
