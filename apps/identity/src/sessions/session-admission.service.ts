import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { IdentityDb, type Tx } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { identifierAlreadySignedIn, sessionCreationNotAllowed, sessionExists } from './session-admission.errors.js';

/** Whether a client may take one more session. */
@Injectable()
export class SessionAdmissionService {
  constructor(
    private readonly instances: InstancesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Decisive only while the client's row is held; before that it spares a caller work that would be refused.
   *
   * @param userId who is about to sign in, once that is known
   * @throws `session_exists`, `identifier_already_signed_in` (400), `session_creation_not_allowed` (409)
   */
  async require(db: Tx | IdentityDb, ctx: RequestContext, clientId?: string, userId?: string | null): Promise<void> {
    if (!clientId) return;
    const now = this.clock.now();
    const living = await db.session.findMany({
      where: {
        instanceId: ctx.instanceId,
        clientId,
        status: { in: ['active', 'pending'] },
        expireAt: { gt: now },
        abandonAt: { gt: now },
      },
      select: { id: true, userId: true, actor: true },
    });
    if (living.length === 0) return;
    if (living.some(({ actor }) => actor !== null)) throw sessionCreationNotAllowed();
    const { sessions } = await this.instances.settings(ctx.instanceId);
    if (sessions.single_session_mode) throw sessionExists();
    const own = living.find((session) => session.userId === userId);
    if (own) throw identifierAlreadySignedIn(own.id);
  }
}
