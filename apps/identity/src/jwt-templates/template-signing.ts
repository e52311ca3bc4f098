import { createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';

/** What a template may be signed with by a key of the instance's own. */
const ALGORITHMS = /^(HS|RS|ES|PS)(256|384|512)$|^EdDSA$/;

export const isSigningAlgorithm = (algorithm: string): boolean => ALGORITHMS.test(algorithm);

/**
 * Signs claims with a key of the instance's own.
 *
 * @param key the secret's text for `HS*`, else a private key as PEM
 * @throws Error when the key is none for the algorithm
 */
export async function signWith(
  algorithm: string,
  key: string,
  claims: JWTPayload,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: 'JWT', ...header }).sign(keyOf(algorithm, key));
}

/** Whether `key` can sign with `algorithm`. */
export async function canSign(algorithm: string, key: string): Promise<boolean> {
  if (!isSigningAlgorithm(algorithm) || key === '') return false;
  return signWith(algorithm, key, {}).then(
    () => true,
    () => false,
  );
}

function keyOf(algorithm: string, key: string): KeyObject {
  return algorithm.startsWith('HS') ? createSecretKey(Buffer.from(key, 'utf8')) : createPrivateKey(key);
}
