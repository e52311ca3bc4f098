import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'svix';
import { running, svixClient } from './latchkey.js';

const DEADLINE_MS = 20_000;

/** A webhook as it came, after the `svix` library has verified its signature. */
export interface Received {
  id: string;
  type: string;
  data: { id: string };
  /** Milliseconds. */
  at: number;
}

/** A subscriber on loopback: an endpoint made through the webhooks API, and every verified delivery to it. */
export class Subscriber {
  readonly received: Received[] = [];
  readonly refused: string[] = [];
  private secret = '';
  private readonly waiters = new Set<() => void>();
  private readonly server = createServer((request, response) => {
    void this.take(request).then((status) => response.writeHead(status).end());
  });

  static async start(filterTypes?: string[], of: Record<string, string> = running().app): Promise<Subscriber> {
    const subscriber = new Subscriber();
    subscriber.server.listen(0, '127.0.0.1');
    await once(subscriber.server, 'listening');
    const { port } = subscriber.server.address() as AddressInfo;
    const app = of.LATCHKEY_INSTANCE_ID!;
    const svix = svixClient(of);
    const endpoint = await svix.endpoint.create(app, { url: `http://127.0.0.1:${port}/`, filterTypes });
    subscriber.secret = (await svix.endpoint.getSecret(app, endpoint.id)).key;
    return subscriber;
  }

  /** The first delivery that fits; waits for it. */
  async next(type: string, fits: (event: Received) => boolean = () => true): Promise<Received> {
    const find = () => this.received.find((event) => event.type === type && fits(event));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${type} came; got ${this.received.map((event) => event.type).join(', ')}`)),
        DEADLINE_MS,
      );
      const check = () => {
        const event = find();
        if (!event) return;
        clearTimeout(timer);
        this.waiters.delete(check);
        resolve(event);
      };
      this.waiters.add(check);
      check();
    });
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close').catch(() => undefined);
  }

  private async take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    try {
      const event = new Webhook(this.secret).verify(body, request.headers as Record<string, string>) as Received;
      this.received.push({ ...event, id: String(request.headers['svix-id']), at: Date.now() });
    } catch (error) {
      this.refused.push(String(error));
      return 400;
    }
    this.waiters.forEach((check) => check());
    return 204;
  }
}
