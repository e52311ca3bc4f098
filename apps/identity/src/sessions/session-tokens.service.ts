import { Injectable } from '@nestjs/common';
import type { ApiVersion, RequestContext } from '@latchkey/contracts';
import { Clock, notFound, randomText } from '@latchkey/core';
import { IdentityDb } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { SigningKeysService, tokenCategory } from '../instances/signing-keys.service.js';
import type { CreateSessionToken } from './sessions.schemas.js';

const MINUTE_MS = 60_000;
/** Tolerance for servers whose clocks run behind. */
const NOT_BEFORE_S = 10;
/** Version 2 of the claims, from this API version on. */
const V2_SINCE: ApiVersion = '2025-04-10';

/** What a session's token says. */
export interface TokenSubject {
  id: string;
  userId: string;
  status: string;
  actor: unknown;
  firstFactorAt: Date | null;
  secondFactorAt: Date | null;
}

/** Session tokens: short-lived proofs, verified everywhere with the instance's public key alone. */
@Injectable()
export class SessionTokensService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly signingKeys: SigningKeysService,
    private readonly clock: Clock,
  ) {}

  /** A token for a session of the calling client. @throws `resource_not_found` (404) when it is none or has ended */
  async create(ctx: RequestContext, id: string, _input: CreateSessionToken): Promise<string> {
    const now = this.clock.now();
    const session = await this.db.session.findFirst({
      where: {
        id,
        instanceId: ctx.instanceId,
        clientId: ctx.clientId ?? '',
        status: { in: ['active', 'pending'] },
        expireAt: { gt: now },
        abandonAt: { gt: now },
      },
    });
    if (!session) throw notFound('session', id);
    return this.mint(ctx, session);
  }

  /** Signs a token for a session. */
  async mint(ctx: RequestContext, session: TokenSubject): Promise<string> {
    const instance = await this.instances.require(ctx.instanceId);
    const now = this.clock.now();
    const iat = Math.floor(now.getTime() / 1000);
    const claims = {
      ...(ctx.origin ? { azp: ctx.origin } : {}),
      exp: iat + instance.settings.sessions.token_lifetime,
      fva: [ageMinutes(session.firstFactorAt, now), ageMinutes(session.secondFactorAt, now)],
      iat,
      // Also behind a proxy: the SDKs compare it with the text inside the publishable key.
      iss: `https://${instance.frontendApi}`,
      jti: randomText(20),
      nbf: iat - NOT_BEFORE_S,
      sid: session.id,
      sts: session.status,
      sub: session.userId,
      ...(session.actor ? { act: session.actor } : {}),
      ...(ctx.apiVersion >= V2_SINCE ? { v: 2 } : {}),
    };
    return this.signingKeys.sign(ctx.instanceId, claims, { cat: tokenCategory.session, oiat: iat });
  }
}

/** Whole minutes since a factor was proved, -1 when it never was (`fva`). */
export function ageMinutes(at: Date | null, now: Date): number {
  return at ? Math.floor((now.getTime() - at.getTime()) / MINUTE_MS) : -1;
}
