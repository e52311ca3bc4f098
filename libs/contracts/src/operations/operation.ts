/** A service that answers requests; `gateway` answers its own. */
export type ServiceName = 'gateway' | 'identity' | 'organizations' | 'billing' | 'webhooks';

/** The two public APIs: FAPI for browsers and apps, BAPI for servers. */
export type Api = 'fapi' | 'bapi';

/** An operation of the contract: where it is found, who answers it, and the status of its success. */
export interface Operation {
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
});
