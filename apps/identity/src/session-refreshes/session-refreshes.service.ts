import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { decodeProtectedHeader } from 'jose';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb } from '../db.js';
import type { Session } from '../generated/prisma/client.js';
import { RefreshTokensService } from '../handshakes/refresh-tokens.service.js';
import { SigningKeysService, tokenCategory } from '../instances/signing-keys.service.js';
import { living } from '../sessions/living.js';
import { SessionTokensService, subjectOf } from '../sessions/session-tokens.service.js';
import { refreshRefused } from './session-refreshes.errors.js';
import type { RefreshSession } from './session-refreshes.schemas.js';

/** Who stays away longer goes through the browser again. */
const OLDEST_S = 24 * 3600;

interface ExpiredToken {
  azp: string;
  sid: string;
  iat: number;
}

/** Renews expired session tokens for an app's server, without sending the browser around. */
@Injectable()
export class SessionRefreshesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly tokens: SessionTokensService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly signingKeys: SigningKeysService,
    private readonly clock: Clock,
  ) {}

  /** A new token of the session. @throws the codes of `session-refreshes.errors.ts` (401) */
  async refresh(ctx: RequestContext, id: string, input: RefreshSession): Promise<string> {
    const origin = originOf(input.request_origin);
    if (!origin) throw refreshRefused('refresh_request_origin_invalid');
    const expired = await this.read(ctx, id, input.expired_token, origin);
    const session = await this.requireSession(ctx, id, input.refresh_token);
    await this.consume(ctx, session, expired.iat);
    const client = await this.clients.require(ctx, session.clientId);
    return this.tokens.mint({ ...ctx, origin }, subjectOf(session), { notBefore: client.updatedAt.getTime() });
  }

  private async read(ctx: RequestContext, id: string, token: string, origin: string): Promise<ExpiredToken> {
    const claims = await this.signingKeys.verify(ctx.instanceId, token);
    if (!claims || decodeProtectedHeader(token).cat !== tokenCategory.session)
      throw refreshRefused('expired_session_token_invalid');
    const { azp, sid, iat } = claims;
    if (typeof azp !== 'string') throw refreshRefused('expired_session_token_missing_azp');
    if (azp !== origin) throw refreshRefused('refresh_request_origin_azp_mismatch');
    if (typeof sid !== 'string') throw refreshRefused('expired_session_token_missing_sid');
    if (sid !== id) throw refreshRefused('refresh_sid_mismatch');
    if (typeof iat !== 'number') throw refreshRefused('session_refresh_expired_session_token_missing_iat');
    if (iat < this.clock.now().getTime() / 1000 - OLDEST_S)
      throw refreshRefused('session_refresh_expired_session_token_too_old');
    return { azp, sid, iat };
  }

  private async requireSession(ctx: RequestContext, id: string, refreshToken: string): Promise<Session> {
    const session = await this.db.session.findUnique({ where: { id, instanceId: ctx.instanceId } });
    if (!session) throw refreshRefused('session_refresh_session_not_found');
    const now = this.clock.now();
    const isGoing = session.status === 'active' || session.status === 'pending';
    if (!isGoing || session.expireAt <= now || session.abandonAt <= now)
      throw refreshRefused('session_refresh_inactive_session');
    if (!this.refreshTokens.verify(ctx.instanceId, id, refreshToken)) throw refreshRefused('refresh_token_not_found');
    if (session.actor !== null) throw refreshRefused('session_refresh_session_token_ineligible');
    if ((await this.db.user.count({ where: { id: session.userId, instanceId: ctx.instanceId } })) === 0)
      throw refreshRefused('session_refresh_user_not_found');
    return session;
  }

  /** Of callers that bring the same expired token, one gets a new one. */
  private async consume(ctx: RequestContext, session: Session, iat: number): Promise<void> {
    const now = this.clock.now();
    const { count } = await this.db.session.updateMany({
      where: {
        id: session.id,
        instanceId: ctx.instanceId,
        ...living(now),
        OR: [{ refreshedIat: null }, { refreshedIat: { lt: iat } }],
      },
      data: { refreshedIat: iat, lastActiveAt: now, updatedAt: session.updatedAt },
    });
    if (count === 0) throw refreshRefused('session_refresh_expired_session_token_consumed');
  }
}

function originOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.origin : undefined;
}
