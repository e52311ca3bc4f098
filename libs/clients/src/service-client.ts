import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, type ApiErrorItem } from '@latchkey/core';
import type { RequestContext } from '@latchkey/contracts';
import type { Owner, ServiceResponse, ServiceTransport } from './service-transport.js';

const READ_ATTEMPTS = 3;
/** A read is small; whoever waits for it has somebody waiting in turn, and a context that lasts a minute. */
const READ_TIMEOUT_MS = 3_000;
/** Before a read is tried again, times the number of the attempt: a service that restarts needs a moment. */
const RETRY_AFTER_MS = 50;

/** A typed client's ground: one JSON call to a service, with the caller's context. */
export class ServiceClient {
  constructor(
    private readonly service: Owner,
    private readonly transport: ServiceTransport,
  ) {}

  /** Reads; tried again when the service does not answer. @throws the service's own ApiError */
  async get<T>(ctx: RequestContext, path: string): Promise<T> {
    return parsed(await this.read(ctx, path));
  }

  /** As `get`: the answer as it came. */
  protected async read(ctx: RequestContext, path: string): Promise<ServiceResponse> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.call(ctx, 'GET', path, undefined, READ_TIMEOUT_MS);
      } catch (error) {
        if (error instanceof ApiError || attempt === READ_ATTEMPTS) throw error;
        await wait(attempt * RETRY_AFTER_MS);
      }
    }
  }

  /** Changes something; never repeated. @throws the service's own ApiError */
  async post<T>(ctx: RequestContext, path: string, body: object): Promise<T> {
    return parsed(await this.call(ctx, 'POST', path, JSON.stringify(body)));
  }

  private async call(
    ctx: RequestContext,
    method: string,
    path: string,
    body?: string,
    timeoutMs?: number,
  ): Promise<ServiceResponse> {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = { method, path: `/internal${path}`, headers, ctx, body, timeoutMs };
    const response = await this.transport.request(this.service, request);
    if (response.status >= 400) throw toError(response);
    return response;
  }
}

// Nest answers null with no body at all.
const parsed = <T>({ body }: ServiceResponse): T => (body.length ? JSON.parse(body.toString()) : null) as T;

function toError(response: ServiceResponse): ApiError {
  const { errors } = JSON.parse(response.body.toString()) as { errors?: ApiErrorItem[] };
  // What HTTP itself refuses (an address that is too long) has another shape.
  if (!errors) throw new Error(`A service answered ${response.status} without an error of its own.`);
  return new ApiError(response.status, errors);
}

const BATCH = 200;

/** Asks in batches, so that no address outgrows what HTTP servers take; answers are joined in order. */
export async function inBatches<T>(ids: readonly string[], ask: (batch: string[]) => Promise<T[]>): Promise<T[]> {
  const batches: Promise<T[]>[] = [];
  for (let at = 0; at < ids.length; at += BATCH) batches.push(ask(ids.slice(at, at + BATCH)));
  return (await Promise.all(batches)).flat();
}
