import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Svix, Webhook } from 'svix';
import type { Installation } from './installation.js';

/** A webhook that was verified and answered with success. */
export interface Delivery {
  id: string;
  type: string;
  userId: string;
  n: number;
  at: number;
}

/** Answers in place of success, and says whether it did. `attempt` counts from 1 for each message. */
export type Misbehaviour = (attempt: number, messages: number, response: ServerResponse) => boolean;

interface Payload {
  type: string;
  data: { id: string; public_metadata?: { n?: number } };
}

/** An endpoint on loopback, registered through the `svix` client, which verifies and notes every delivery. */
export class Subscriber {
  readonly deliveries: Delivery[] = [];
  /** Failed attempts that it has caused. */
  failures = 0;
  /** Whose signature was wrong. */
  refused = 0;
  misbehaves: Misbehaviour | undefined;
  readonly attempts = new Map<string, number>();
  endpointId = '';
  private secret = '';
  private readonly server = createServer((request, response) => void this.take(request, response));

  static async start({ app }: Pick<Installation, 'app'>, misbehaves?: Misbehaviour): Promise<Subscriber> {
    const subscriber = new Subscriber();
    subscriber.misbehaves = misbehaves;
    subscriber.server.listen(0, '127.0.0.1');
    await once(subscriber.server, 'listening');
    const { port } = subscriber.server.address() as AddressInfo;
    const svix = new Svix(app.CLERK_SECRET_KEY!, { serverUrl: app.LATCHKEY_WEBHOOKS_URL });
    const instance = app.LATCHKEY_INSTANCE_ID!;
    const endpoint = await svix.endpoint.create(instance, {
      url: `http://127.0.0.1:${port}/`,
      filterTypes: ['user.created', 'user.updated'],
    });
    subscriber.endpointId = endpoint.id;
    subscriber.secret = (await svix.endpoint.getSecret(instance, endpoint.id)).key;
    return subscriber;
  }

  /** When each change came first, by `userId:n`. */
  firsts(): Map<string, number> {
    const firsts = new Map<string, number>();
    for (const { userId, n, at } of this.deliveries) {
      const key = `${userId}:${n}`;
      if (!firsts.has(key)) firsts.set(key, at);
    }
    return firsts;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close').catch(() => undefined);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const id = String(request.headers['svix-id']);
    let event: Payload;
    try {
      const headers = request.headers as Record<string, string>;
      event = new Webhook(this.secret).verify(Buffer.concat(chunks).toString(), headers) as Payload;
    } catch {
      this.refused++;
      response.writeHead(400).end();
      return;
    }
    const attempt = (this.attempts.get(id) ?? 0) + 1;
    this.attempts.set(id, attempt);
    if (this.misbehaves?.(attempt, this.attempts.size, response)) {
      this.failures++;
      return;
    }
    const { type, data } = event;
    this.deliveries.push({ id, type, userId: data.id, n: data.public_metadata?.n ?? -1, at: Date.now() });
    response.writeHead(204).end();
  }
}
