import type { FastifyInstance } from 'fastify';
import {
  ServiceTransport,
  ServiceUnavailable,
  type Owner,
  type ServiceRequest,
  type ServiceResponse,
} from '../../service-transport.js';

/** Calls the routes of services that run in this process, without a socket in between. */
export class InProcessTransport extends ServiceTransport {
  private readonly services = new Map<Owner, FastifyInstance>();

  /** Makes a service reachable. */
  register(service: Owner, fastify: FastifyInstance): void {
    this.services.set(service, fastify);
  }

  async request(service: Owner, { method, path, headers, body }: ServiceRequest): Promise<ServiceResponse> {
    const fastify = this.services.get(service);
    if (!fastify) throw new ServiceUnavailable(service, new Error('it has not started'));
    const response = await fastify.inject({ method: method as 'GET', url: path, headers, payload: body });
    return {
      status: response.statusCode,
      headers: response.headers as ServiceResponse['headers'],
      body: response.rawPayload,
    };
  }
}
