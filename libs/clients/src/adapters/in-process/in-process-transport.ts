import type { FastifyInstance } from 'fastify';
import {
  ServiceTransport,
  ServiceUnavailable,
  type Owner,
  type ServiceRequest,
  type ServiceResponse,
} from '../../service-transport.js';
import { exchange } from './exchange.js';

/** Calls the routes of services that run in this process, without a socket in between. */
export class InProcessTransport extends ServiceTransport {
  private readonly services = new Map<Owner, FastifyInstance>();

  /** Makes a service reachable, whose routes are ready. */
  register(service: Owner, fastify: FastifyInstance): void {
    this.services.set(service, fastify);
  }

  async request(service: Owner, request: ServiceRequest): Promise<ServiceResponse> {
    const fastify = this.services.get(service);
    if (!fastify) throw new ServiceUnavailable(service, new Error('it has not started'));
    return exchange((message, reply) => fastify.routing(message, reply), request);
  }
}
