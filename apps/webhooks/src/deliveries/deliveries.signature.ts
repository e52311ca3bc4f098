import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

const PREFIX = 'whsec_';
/** Lengths of keys that a caller may bring, in bytes. */
const KEY_BYTES = { min: 24, max: 75 };

/** A new signing secret as its owner sees it. */
export const newSigningSecret = (): string => PREFIX + randomBytes(32).toString('base64');

/** A signing secret that a caller brings, in its full form; undefined when it is none. Standard base64 only, as the verifiers read it. */
export function readSigningSecret(text: string): string | undefined {
  const bare = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const bytes = Buffer.from(bare, 'base64');
  const isBase64 =
    /^[A-Za-z0-9+/]+={0,2}$/.test(bare) && bytes.toString('base64').replace(/=+$/, '') === bare.replace(/=+$/, '');
  return isBase64 && bytes.length >= KEY_BYTES.min && bytes.length <= KEY_BYTES.max ? PREFIX + bare : undefined;
}

/** The key that a secret stands for. */
export const signingKey = (secret: string): KeyObject =>
  createSecretKey(Buffer.from(secret.slice(PREFIX.length), 'base64'));

/** What is signed, and when. */
export interface Signable {
  /** The message's id, the same on every attempt. */
  id: string;
  /** Of the attempt. */
  at: Date;
  body: string;
}

/** The headers that a receiver verifies a message with: under svix's names and those of Standard Webhooks. */
export function signatureHeaders({ id, at, body }: Signable, keys: readonly KeyObject[]): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signed = `${id}.${timestamp}.${body}`;
  const signature = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`).join(' ');
  return {
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': signature,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  };
}
