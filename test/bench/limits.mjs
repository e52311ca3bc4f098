import { createHmac } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import Fastify from 'fastify';
import { generateKeyPair, SignJWT } from 'jose';
import pg from 'pg';
import { Agent, request } from 'undici';
import { perSecond, requestsPerSecond } from './load.mjs';

/** RS256 signatures per second, off the event loop on all cores: what a session token costs at the least. */
export async function bareSigning() {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const iat = Math.floor(Date.now() / 1000);
  return perSecond(8, () =>
    new SignJWT({ sub: 'user_x', sid: 'sess_x', iat, exp: iat + 60 })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey),
  );
}

/** Password hashes per second, with the parameters that the product uses. */
export const bareHashing = () =>
  perSecond(2, () => hash('a password', { memoryCost: 19_456, timeCost: 2, parallelism: 1 }));

/**
 * Requests per second of a server that does nothing but select a user's row.
 *
 * @param {string} databaseUrl
 * @param {string} userId
 */
export async function bareSelect(databaseUrl, userId) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const server = Fastify();
  server.get('/users/:id', async (/** @type {any} */ { params }) => {
    const { rows } = await pool.query({ name: 'user', text: 'SELECT * FROM users WHERE id = $1', values: [params.id] });
    return rows[0];
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  try {
    return await requestsPerSecond({ url: `${url}/users/${userId}` });
  } finally {
    await server.close();
    await pool.end();
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
