import type { FastifyInstance } from 'fastify';
import querystring from 'fast-querystring';

/** Largest body that is read: pictures may have 10 MB. */
export const BODY_LIMIT_BYTES = 11 * 1024 * 1024;

/**
 * Reads bodies as the SDKs send them: JSON that may be missing or `null`, forms whose empty fields mean null
 * (clerk-js writes null so), and uploads as bytes for the feature that wants them.
 */
export function addBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : ((JSON.parse(body as string) as unknown) ?? {}));
    } catch {
      done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }));
    }
  });
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, parseForm(body as string)),
  );
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** A form's fields: repeated ones as lists, empty ones as null. */
export function parseForm(body: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(querystring.parse(body))) fields[name] = value === '' ? null : value;
  return fields;
}
