import { Injectable } from '@nestjs/common';
import { Clock, newId, SecretBox } from '@latchkey/core';
import { isDatabaseUnavailable } from '@latchkey/db';
import {
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { IdentityDb, type Tx } from '../db.js';

/** The class of a token, told in its header (`compat/tokens-and-handshake.md` 6.3). */
export const tokenCategory = {
  session: 'cl_B7d4PD111AAA',
  template: 'cl_B7d4PD222AAA',
  internal: 'cl_I7d4PD111III',
} as const;

interface Signer {
  kid: string;
  privateKey: CryptoKey;
}

const KEPT_MS = 60_000;
/** How long keys are known while the database is away. */
const OUTAGE_MS = 3_600_000;

/** The RSA keys of the instances: they sign every token. Kept in memory, so that signing asks nobody. */
@Injectable()
export class SigningKeysService {
  private readonly signers = new Remembered<Signer>();
  private readonly keySets = new Remembered<JWK[]>();

  constructor(
    private readonly db: IdentityDb,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a key for an instance; it signs from now on, and those before it stay valid. RSA-2048 with e = 65537 only:
   * `CLERK_JWT_KEY` in the SDKs takes the text of such a key apart.
   */
  async create(tx: Tx, instanceId: string): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
    const jwk = await exportJWK(publicKey);
    const first = (await tx.signingKey.count({ where: { instanceId } })) === 0;
    // The SDKs expect the instance's id; a rotated key needs another name to be told from it.
    const kid = first ? instanceId : `${instanceId}_${(await calculateJwkThumbprint(jwk)).slice(0, 8)}`;
    await tx.signingKey.create({
      data: {
        id: newId('signingKey', this.clock.now()),
        instanceId,
        publicJwk: { use: 'sig', kty: 'RSA', kid, alg: 'RS256', n: jwk.n!, e: jwk.e! },
        privatePem: this.box.seal(await exportPKCS8(privateKey)),
      },
    });
  }

  /** The public keys that an instance's tokens are verified with, newest first. */
  jwks(instanceId: string): Promise<JWK[]> {
    return this.keySets.get(instanceId, async () => {
      const rows = await this.db.signingKey.findMany({
        where: { instanceId, retiredAt: null },
        orderBy: { createdAt: 'desc' },
      });
      return rows.map((row) => row.publicJwk as JWK);
    });
  }

  /**
   * Signs `claims` as a JWT, off the event loop.
   *
   * @param header `cat`, `oiat`; `alg`, `typ` and `kid` are added
   */
  async sign(instanceId: string, claims: JWTPayload, header: Record<string, unknown> = {}): Promise<string> {
    const { kid, privateKey } = await this.signer(instanceId);
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, ...header }).sign(privateKey);
  }

  /** The claims of a token that one of the instance's keys has signed; undefined for any other. Times are left to the caller. */
  async verify(instanceId: string, token: string): Promise<JWTPayload | undefined> {
    const keys = await this.jwks(instanceId);
    try {
      const { payload } = await compactVerify(
        token,
        ({ kid }) => importJWK(keys.find((key) => key.kid === kid) ?? unknownKey(), 'RS256'),
        {
          algorithms: ['RS256'],
        },
      );
      return JSON.parse(Buffer.from(payload).toString()) as JWTPayload;
    } catch {
      return undefined;
    }
  }

  private signer(instanceId: string): Promise<Signer> {
    return this.signers.get(instanceId, async () => {
      const row = await this.db.signingKey.findFirstOrThrow({
        where: { instanceId, retiredAt: null },
        orderBy: { createdAt: 'desc' },
      });
      return {
        kid: (row.publicJwk as JWK).kid!,
        privateKey: await importPKCS8(this.box.open(row.privatePem), 'RS256'),
      };
    });
  }
}

/** Values of this process's memory, asked for anew every minute; the last ones serve while the database is away. */
class Remembered<T extends object> {
  private readonly fresh = new LRUCache<string, Promise<T>>({ max: 1000, ttl: KEPT_MS });
  private readonly last = new LRUCache<string, T>({ max: 1000, ttl: OUTAGE_MS });

  get(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.fresh.get(key);
    if (known) return known;
    const loading = load().then(
      (value) => {
        this.last.set(key, value);
        return value;
      },
      (error: unknown) => {
        const last = isDatabaseUnavailable(error) ? this.last.get(key) : undefined;
        if (!last) throw error;
        return last;
      },
    );
    this.fresh.set(key, loading);
    loading.catch(() => this.fresh.delete(key));
    return loading;
  }
}

const unknownKey = (): never => {
  throw new Error('signed with a key that the instance does not have');
};
