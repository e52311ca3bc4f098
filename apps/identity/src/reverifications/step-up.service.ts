import { Injectable } from '@nestjs/common';
import { ClientStates } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { ClientsService } from '../clients/clients.service.js';
import { InstancesService } from '../instances/instances.service.js';
import { sessionReverificationRequired } from './reverifications.errors.js';
import { isFresh } from './step-up.js';

/** How old the last proof may be for what only the user themself should do (`compat/behaviours-auth.md` 16). */
const FRESH_MINUTES = 10;

/** Asks for a recent proof before sensitive operations of a user on themself. */
@Injectable()
export class StepUpService {
  constructor(
    private readonly states: ClientStates,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets a call through whose session has proved its user within ten minutes; every call, where the instance asks for no
   * step-up. Call it first in the service method of a sensitive FAPI operation.
   *
   * @throws `session_reverification_required` (403)
   */
  async require(ctx: RequestContext): Promise<void> {
    const { sessions } = await this.instances.settings(ctx.instanceId);
    if (!sessions.reverification) return;
    const { clientId, sessionId } = ctx;
    const state = clientId ? await this.states.get(ctx, clientId, () => this.clients.state(ctx, clientId)) : null;
    const session = state?.sessions.find(({ id }) => id === sessionId);
    if (session && isFresh(session, FRESH_MINUTES, this.clock.now().getTime())) return;
    throw sessionReverificationRequired('second_factor', FRESH_MINUTES);
  }
}
