import type { AskIdentity } from '@latchkey/installation';
import type { Env } from '@latchkey/platform';

/** The identity of the distributed installation whose IDENTITY_URL and CONTEXT_SIGNING_KEY are set; undefined when they are not. */
export function distributedIdentity(env: Env): { ask: AskIdentity; contextKey: string } | undefined {
  const { IDENTITY_URL: identity, CONTEXT_SIGNING_KEY: contextKey } = env;
  if (!identity || !contextKey) return undefined;
  const ask: AskIdentity = async ({ path, ...request }) => {
    const answer = await fetch(identity + path, request);
    return { status: answer.status, body: await answer.text() };
  };
  return { ask, contextKey };
}
