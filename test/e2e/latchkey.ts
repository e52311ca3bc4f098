import { createPublicKey } from 'node:crypto';
import { createClerkClient, type ClerkClient } from '@clerk/backend';
import { Svix } from 'svix';

/** The Latchkey that the end-to-end specs run against. */
export interface Running {
  mode: string;
  dataDir: string;
  /** What an app has in its environment: the lines of `app.env`. */
  app: Record<string, string>;
  /** FAPI over TLS, for the hosts below `.test`: its port, its certificate's files, and the key that browsers pin. */
  tls: { port: number; certFile: string; keyFile: string; pin: string };
  /** What its start has printed, errors too. */
  printed: string;
}

/** What runs; only inside hooks and tests of the `e2e` project. */
export const running = (): Running => JSON.parse(process.env.LATCHKEY_E2E!) as Running;

/** The unmodified server SDK, pointed at what runs by its documented settings: those of `app`, or of the default instance. */
export function clerkClient(options: { secretKey?: string; app?: Record<string, string> } = {}): ClerkClient {
  const { app = running().app, ...more } = options;
  return createClerkClient({
    secretKey: app.CLERK_SECRET_KEY,
    publishableKey: app.CLERK_PUBLISHABLE_KEY,
    apiUrl: app.CLERK_API_URL,
    proxyUrl: app.CLERK_PROXY_URL,
    telemetry: { disabled: true },
    ...more,
  });
}

/** The unmodified client of the webhooks API, for the instance of `app`, or the default one. */
export function svixClient(app: Record<string, string> = running().app): Svix {
  return new Svix(app.CLERK_SECRET_KEY!, { serverUrl: app.LATCHKEY_WEBHOOKS_URL });
}

/** The instance's verification key, as an app has it in CLERK_JWT_KEY. */
export async function jwtKey(): Promise<string> {
  const { keys } = await clerkClient().jwks.getJwks();
  const key = createPublicKey({ key: { ...keys![0]! }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
