import { CONTEXT_HEADER, type RequestContext } from '@latchkey/contracts';
import { Agent } from 'undici';
import {
  ServiceTransport,
  ServiceUnavailable,
  type Owner,
  type ServiceRequest,
  type ServiceResponse,
} from '../../service-transport.js';

const CONNECTIONS_PER_SERVICE = 128;

/** Signs the context that goes with a request (`ContextSigner` of `libs/http`). */
export interface SignsContext {
  sign(ctx: RequestContext): string;
}

/** Plain HTTP through a pool of kept connections. */
export class HttpTransport extends ServiceTransport {
  private readonly agent = new Agent({
    connections: CONNECTIONS_PER_SERVICE,
    keepAliveTimeout: 30_000,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });

  /** @param urls the address of each service, such as `http://identity:3000` */
  constructor(
    private readonly urls: Record<Owner, string>,
    private readonly signer: SignsContext,
  ) {
    super();
  }

  async request(service: Owner, request: ServiceRequest): Promise<ServiceResponse> {
    const { method, path, headers, ctx, body, timeoutMs } = request;
    try {
      const response = await this.agent.request({
        origin: this.urls[service],
        method,
        path,
        headers: ctx ? { ...headers, [CONTEXT_HEADER]: this.signer.sign(ctx) } : headers,
        body,
        ...(timeoutMs && { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }),
      });
      return {
        status: response.statusCode,
        headers: response.headers,
        body: Buffer.from(await response.body.arrayBuffer()),
      };
    } catch (cause) {
      throw new ServiceUnavailable(service, cause);
    }
  }

  /** Ends the pool once the requests in hand are answered. */
  async close(): Promise<void> {
    await this.agent.close();
  }
}
