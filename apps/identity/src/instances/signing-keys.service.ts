import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConfigError } from '@latchkey/config';
import { Clock, newId, SecretBox } from '@latchkey/core';
import { aside, isDatabaseUnavailable, transaction } from '@latchkey/db';
import {
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { IdentityDb, type Tx } from '../db.js';
import type { InstanceSettings } from './instances.settings.js';

/** The class of a token, told in its header (`compat/tokens-and-handshake.md` 6.3). */
export const tokenCategory = {
  session: 'cl_B7d4PD111AAA',
  template: 'cl_B7d4PD222AAA',
  internal: 'cl_I7d4PD111III',
} as const;

interface Signer {
  kid: string;
  privateKey: KeyObject;
}

const signAsync = promisify(sign);
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const KEPT_MS = 60_000;
/**
 * How long a new key is shown before it signs: by then every process, and every gateway before it, has read the key set anew. A token
 * whose key one of them did not know would sign somebody out.
 */
const SHOWN_FIRST_MS = 2 * KEPT_MS;
const DAY_MS = 86_400_000;
/** As long as the longest-lived ticket, an invitation's. */
const TICKETS_MS = 30 * DAY_MS;
/** How long keys are known while the database is away. */
const OUTAGE_MS = 3_600_000;

/** The RSA keys of the instances: they sign every token. Kept in memory, so that signing asks nobody. */
@Injectable()
export class SigningKeysService implements OnModuleInit {
  private readonly signers: Remembered<Signer>;
  private readonly keySets: Remembered<JWK[]>;

  constructor(
    private readonly db: IdentityDb,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {
    this.signers = new Remembered(clock);
    this.keySets = new Remembered(clock);
  }

  /**
   * Looks whether the master key is the right one before anybody is served with another.
   *
   * @throws ConfigError when it is not
   */
  async onModuleInit(): Promise<void> {
    const sql = 'SELECT private_pem FROM signing_keys ORDER BY created_at DESC LIMIT 1';
    const [newest] = await this.db.$queryRawUnsafe<{ private_pem: string }[]>(sql).catch((error: unknown) => {
      // Then it is for readiness to tell, and no reason to end.
      if (isDatabaseUnavailable(error)) return [];
      throw error;
    });
    if (!newest) return;
    try {
      this.box.open(newest.private_pem);
    } catch {
      throw new ConfigError(
        "The master key is not the one that this database's secrets are encrypted with. Bring it back: MASTER_KEY, or keys.json of the data folder, from the backup that holds the database. Without it they cannot be read again.",
      );
    }
  }

  /**
   * Makes a key for an instance. The first signs at once, a later one when it has been shown for two minutes. RSA-2048 with e = 65537 only:
   * `CLERK_JWT_KEY` in the SDKs takes the text of such a key apart.
   */
  async create(tx: Tx, instanceId: string): Promise<{ kid: string }> {
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
    return { kid };
  }

  /**
   * Gives an instance a new key and retires those before it: they verify for `overlapMs` more. With 0 they are gone at once, and with
   * them every token, cookie and ticket that they have signed: for a key that has leaked.
   */
  async rotate(instanceId: string, overlapMs: number): Promise<{ kid: string; retiredAt: Date }> {
    const retiredAt = new Date(this.clock.now().getTime() + overlapMs);
    const rotated = await transaction(this.db, async (tx) => {
      // An earlier rotation may have said an earlier end.
      const where = { instanceId, OR: [{ retiredAt: null }, { retiredAt: { gt: retiredAt } }] };
      await tx.signingKey.updateMany({ where, data: { retiredAt } });
      return this.create(tx, instanceId);
    });
    this.forget(instanceId);
    return { ...rotated, retiredAt };
  }

  /** How long the keys of an instance must outlive their last signature, so that nothing ends early that is valid. */
  overlapOf(settings: InstanceSettings): number {
    return Math.max(TICKETS_MS, settings.sessions.maximum_lifetime * 1000) + SHOWN_FIRST_MS + KEPT_MS;
  }

  private forget(instanceId: string): void {
    this.signers.delete(instanceId);
    this.keySets.delete(instanceId);
  }

  /** The public keys that an instance's tokens are verified with, newest first. */
  jwks(instanceId: string): Promise<JWK[]> {
    return this.keySets.get(instanceId, async () => {
      const rows = await this.db.signingKey.findMany({
        where: this.valid(instanceId),
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
    // By hand (RFC 7515, 3.1): a library would copy and check what is ours for every token, which costs more than all the rest.
    const input = `${base64url({ alg: 'RS256', typ: 'JWT', kid, ...header })}.${base64url(claims)}`;
    const signature = await signAsync('sha256', Buffer.from(input), privateKey);
    return `${input}.${signature.toString('base64url')}`;
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

  private valid(instanceId: string) {
    return { instanceId, OR: [{ retiredAt: null }, { retiredAt: { gt: this.clock.now() } }] };
  }

  private signer(instanceId: string): Promise<Signer> {
    return this.signers.get(instanceId, async () => {
      const rows = await this.db.signingKey.findMany({
        where: this.valid(instanceId),
        orderBy: { createdAt: 'desc' },
      });
      const known = this.clock.now().getTime() - SHOWN_FIRST_MS;
      const row = rows.find(({ createdAt }) => createdAt.getTime() <= known) ?? rows.at(-1);
      if (!row) throw new Error(`${instanceId} has no signing key`);
      return {
        kid: (row.publicJwk as JWK).kid!,
        privateKey: createPrivateKey(this.box.open(row.privatePem)),
      };
    });
  }
}

/** Values of this process's memory, asked for anew every minute; the last ones serve while the database is away. */
class Remembered<T extends object> {
  private readonly fresh: LRUCache<string, Promise<T>>;
  private readonly last: LRUCache<string, T>;

  constructor(clock: Clock) {
    const perf = { now: () => clock.now().getTime() };
    this.fresh = new LRUCache({ max: 1000, ttl: KEPT_MS, ttlResolution: 0, perf });
    this.last = new LRUCache({ max: 1000, ttl: OUTAGE_MS, ttlResolution: 0, perf });
  }

  delete(key: string): void {
    this.fresh.delete(key);
    this.last.delete(key);
  }

  get(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.fresh.get(key);
    if (known) return known;
    const loading = aside(load).then(
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
