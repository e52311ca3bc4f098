import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { CONTEXT, type RequestContext } from '@latchkey/contracts';
import type { ServiceRequest, ServiceResponse } from '../../service-transport.js';

/**
 * Asks the routes of a server in this process. They get as much of a request and a response as Fastify reads and writes of Node's:
 * whole ones, as Fastify's own `inject` makes them, cost several times as much, on every request.
 */
export function exchange(routes: RequestListener, request: ServiceRequest): Promise<ServiceResponse> {
  return new Promise((resolve, reject) => {
    const response = new Response(resolve, reject);
    routes(new Request(request) as unknown as IncomingMessage, response as unknown as ServerResponse);
  });
}

const HERE = { remoteAddress: '127.0.0.1' };

/** A request as the routes read it. */
class Request extends Readable {
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly socket = HERE;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly [CONTEXT]: RequestContext | undefined;
  private readonly body: Buffer | string | undefined;

  constructor({ method, path, headers, ctx, body }: ServiceRequest) {
    super();
    this.method = method;
    this.url = path;
    this.headers = body ? { ...headers, 'content-length': String(Buffer.byteLength(body)) } : headers;
    // A copy, as over HTTP: either side may fill in what it learns later.
    this[CONTEXT] = ctx && { ...ctx };
    this.body = body;
  }

  override _read(): void {
    if (this.body) this.push(this.body);
    this.push(null);
  }
}

/** A response as the routes write it; gathers what goes back. */
class Response extends Writable {
  statusCode = 200;
  headersSent = false;
  private readonly headers: OutgoingHttpHeaders = {};
  private readonly chunks: Buffer[] = [];

  constructor(
    private readonly answer: (response: ServiceResponse) => void,
    private readonly fail: (error: Error) => void,
  ) {
    super();
  }

  setHeader(name: string, value: number | string | string[]): this {
    this.headers[name.toLowerCase()] = typeof value === 'number' ? String(value) : value;
    return this;
  }

  getHeader(name: string): number | string | string[] | undefined {
    return this.headers[name.toLowerCase()];
  }

  getHeaders(): OutgoingHttpHeaders {
    return { ...this.headers };
  }

  hasHeader(name: string): boolean {
    return name.toLowerCase() in this.headers;
  }

  removeHeader(name: string): void {
    delete this.headers[name.toLowerCase()];
  }

  writeHead(status: number, headers: OutgoingHttpHeaders = {}): this {
    this.statusCode = status;
    for (const name in headers) this.setHeader(name, headers[name]!);
    this.headersSent = true;
    return this;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.headersSent = true;
    this.chunks.push(chunk);
    done();
  }

  override _final(done: () => void): void {
    const headers = this.headers as ServiceResponse['headers'];
    this.answer({ status: this.statusCode, headers, body: this.body() });
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.writableFinished) this.fail(error ?? new Error('the answer broke off'));
    done(error);
  }

  private body(): Buffer {
    return this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
  }
}
