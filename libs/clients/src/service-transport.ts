import type { RequestContext, ServiceName } from '@latchkey/contracts';

/** A service that owns data: anyone but the gateway. */
export type Owner = Exclude<ServiceName, 'gateway'>;

/** A request to a service, over whatever lies between. */
export interface ServiceRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  /** For whom it is asked; signed where it leaves the process. */
  ctx?: RequestContext;
  body?: Buffer | string;
  /** How long the answer's first and last byte may each be waited for over a network, when not the transport's 30 s. */
  timeoutMs?: number;
}

/** A service's answer. */
export interface ServiceResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** The way to the other services: HTTP, or the same routes in this process. */
export abstract class ServiceTransport {
  /** @throws ServiceUnavailable when there is no answer */
  abstract request(service: Owner, request: ServiceRequest): Promise<ServiceResponse>;
}

/** A service did not answer. */
export class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable';

  constructor(
    readonly service: Owner,
    cause: unknown,
  ) {
    super(`${service} did not answer`, { cause });
  }
}
