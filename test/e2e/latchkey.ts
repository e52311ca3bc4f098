import { createPublicKey } from 'node:crypto';
import { createClerkClient, type ClerkClient } from '@clerk/backend';
import { Svix } from 'svix';

/** The Latchkey that the end-to-end specs run against. */
export interface Running {
  mode: string;
  dataDir: string;
  /** What an app has in its environment: the lines of `app.env`. */
  app: Record<string, string>;
}

/** What runs; only inside hooks and tests of the `e2e` project. */
export const running = (): Running => JSON.parse(process.env.LATCHKEY_E2E!) as Running;

/** The unmodified server SDK, pointed at what runs by its documented settings. */
export function clerkClient(options: { secretKey?: string } = {}): ClerkClient {
  const { app } = running();
  return createClerkClient({
    secretKey: app.CLERK_SECRET_KEY,
    publishableKey: app.CLERK_PUBLISHABLE_KEY,
    apiUrl: app.CLERK_API_URL,
    proxyUrl: app.CLERK_PROXY_URL,
    telemetry: { disabled: true },
    ...options,
  });
}

/** The unmodified client of the webhooks API. */
export function svixClient(): Svix {
  const { app } = running();
  return new Svix(app.CLERK_SECRET_KEY!, { serverUrl: app.LATCHKEY_WEBHOOKS_URL });
}

/** The instance's verification key, as an app has it in CLERK_JWT_KEY. */
export async function jwtKey(): Promise<string> {
  const { keys } = await clerkClient().jwks.getJwks();
  const key = createPublicKey({ key: { ...keys![0]! }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
