import { Agent, request } from 'undici';

/** What a test sees of an answer. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests assert on JSON of every shape
export interface Reply<T = any> {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: T;
}

/** A call of a test. */
export interface Call {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

// One connection a call would hide what keep-alive breaks; a pool that outlives its server would hold Jest open.
const agent = new Agent({ keepAliveTimeout: 1000 });

/** Calls, follows no redirect, and reads JSON where there is some. */
export async function send({ method, url, headers, body }: Call): Promise<Reply> {
  const response = await request(url, { method: method as 'GET', headers, body, dispatcher: agent });
  const text = await response.body.text();
  const isJson = String(response.headers['content-type'] ?? '').startsWith('application/json');
  return { status: response.statusCode, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
}
