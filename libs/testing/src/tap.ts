import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LatchkeyEvent } from '@latchkey/contracts';
import type { FastifyInstance } from 'fastify';

const PUBLIC = /^\/(fapi|bapi)(\/[^?]*)/;
/** Longer answers are lists, whose entries shorter ones have shown as well. */
const MAX_BODY_BYTES = 256 * 1024;

/**
 * Writes down every exchange with FAPI and BAPI, for `npm run contract` to hold against the published documents;
 * nothing unless LATCHKEY_TAP names a folder.
 */
export function tapGateway(gateway: FastifyInstance): void {
  const write = writer('exchanges');
  if (!write) return;
  gateway.addHook('onSend', (request, reply, payload, done) => {
    done(null, payload);
    const [, api, path] = PUBLIC.exec(request.url) ?? [];
    const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.toString() : '';
    if (!api || request.method === 'OPTIONS' || Buffer.byteLength(body) > MAX_BODY_BYTES) return;
    const query = request.query as Record<string, string | undefined>;
    const version = request.headers['clerk-api-version'] ?? query.__clerk_api_version;
    const isJson = String(reply.getHeader('content-type') ?? '').startsWith('application/json');
    write({
      api,
      method: query._method ?? request.method,
      path,
      version,
      status: reply.statusCode,
      body: isJson && body ? (JSON.parse(body) as unknown) : undefined,
    });
  });
}

/** Writes down a published event, likewise. */
export function tapEvent(event: LatchkeyEvent): void {
  writer('events')?.({ type: event.type, data: event.data });
}

function writer(kind: string): ((line: object) => void) | undefined {
  const folder = process.env.LATCHKEY_TAP;
  if (!folder) return undefined;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${kind}-${process.pid}.jsonl`);
  return (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
}
