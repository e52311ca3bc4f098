import { fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { generateKeyPair, SignJWT } from 'jose';
import { Agent, request } from 'undici';
import { CONNECTIONS, perSecond, requestsPerSecond, SIGN_INS } from './load.mjs';

/** RS256 signatures per second, off the event loop on all cores: what a session token costs at the least. */
export async function bareSigning() {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const iat = Math.floor(Date.now() / 1000);
  return perSecond(CONNECTIONS, () =>
    new SignJWT({ sub: 'user_x', sid: 'sess_x', iat, exp: iat + 60 })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey),
  );
}

/** Password hashes per second, as many at once as sign-ins and with the parameters that the product uses. */
export const bareHashing = () =>
  perSecond(SIGN_INS, () => hash('a password', { memoryCost: 19_456, timeCost: 2, parallelism: 1 }));

/**
 * Requests per second of a server that does nothing but select a user.
 *
 * @param {string} databaseUrl
 * @param {string} userId
 */
export async function bareSelect(databaseUrl, userId) {
  const server = fork(join(import.meta.dirname, 'bare-server.mjs'), [databaseUrl]);
  try {
    const [{ url }] = await once(server, 'message');
    return await requestsPerSecond({ url: `${url}/users/${userId}` });
  } finally {
    server.kill();
  }
}

/**
 * Signed posts per second of a bare loop.
 *
 * @param {string} url
 */
export async function barePosts(url) {
  const agent = new Agent({ connections: 64 });
  const body = JSON.stringify({ data: { id: 'user_x', object: 'user' }, object: 'event', type: 'user.updated' });
  const post = async () => {
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', 'secret').update(`msg_x.${timestamp}.${body}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'svix-id': 'msg_x',
      'svix-timestamp': String(timestamp),
      'svix-signature': `v1,${signature}`,
    };
    await (await request(url, { method: 'POST', headers, body, dispatcher: agent })).body.dump();
  };
  const rate = await perSecond(64, post);
  await agent.close();
  return rate;
}
