import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { IdentityDb, type Tx } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { living } from './living.js';
import { identifierAlreadySignedIn, sessionCreationNotAllowed, sessionExists } from './session-admission.errors.js';

/** Whether a client may take one more session. */
@Injectable()
export class SessionAdmissionService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly clock: Clock,
  ) {}

  /** Spares a caller work that would be refused; it decides nothing, for the client is not held. @throws as `require` */
  async requireEarly(ctx: RequestContext, userId?: string): Promise<void> {
    if (ctx.clientId) await this.judge(this.db, ctx, ctx.clientId, userId);
  }

  /**
   * Decides while the client's row is held.
   *
   * @param userId who is about to sign in, once that is known
   * @throws `session_exists`, `identifier_already_signed_in` (400), `session_creation_not_allowed` (409)
   */
  require(tx: Tx, ctx: RequestContext, clientId: string, userId?: string): Promise<void> {
    return this.judge(tx, ctx, clientId, userId);
  }

  private async judge(db: Tx | IdentityDb, ctx: RequestContext, clientId: string, userId?: string): Promise<void> {
    const sessions = await db.session.findMany({
      where: { instanceId: ctx.instanceId, clientId, ...living(this.clock.now()) },
      select: { id: true, userId: true, actor: true },
    });
    if (sessions.length === 0) return;
    if (sessions.some(({ actor }) => actor !== null)) throw sessionCreationNotAllowed();
    const settings = await this.instances.settings(ctx.instanceId);
    if (settings.sessions.single_session_mode) throw sessionExists();
    const own = sessions.find((session) => session.userId === userId);
    if (own) throw identifierAlreadySignedIn(own.id);
  }
}
