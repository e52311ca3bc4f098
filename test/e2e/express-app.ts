import { once } from 'node:events';
import type { Server } from 'node:http';
import { clerkMiddleware, getAuth, requireAuth } from '@clerk/express';
import express from 'express';
import { clerkClient } from './latchkey.js';

/**
 * A customer's Express server with `@clerk/express`: an open and a protected answer for scripts, and a page for whoever is
 * signed in.
 *
 * @param app what it has in its environment
 * @param signInUrl where it sends whoever is not signed in
 */
export async function startExpressApp(app: Record<string, string>, signInUrl: string): Promise<Server> {
  const api = express();
  api.use(
    clerkMiddleware({
      clerkClient: clerkClient({ app }),
      publishableKey: app.CLERK_PUBLISHABLE_KEY,
      secretKey: app.CLERK_SECRET_KEY,
      proxyUrl: app.CLERK_PROXY_URL,
      signInUrl,
    }),
  );
  api.get('/open', (request, response) => void response.json({ userId: getAuth(request).userId }));
  api.get('/protected', (request, response) => {
    const { isAuthenticated, userId, sessionId } = getAuth(request);
    if (!isAuthenticated) return void response.status(401).json({ userId: null });
    response.json({ userId, sessionId });
  });
  api.get('/page', requireAuth({ signInUrl }), (request, response) => {
    response.send(`<p>Hello, <output data-testid="user">${getAuth(request).userId}</output></p>`);
  });
  const server = api.listen(0, 'localhost');
  await once(server, 'listening');
  return server;
}
