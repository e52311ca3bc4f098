import { Injectable } from '@nestjs/common';
import type { SignInJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { ClientsService } from '../clients/clients.service.js';
import { SessionAdmissionService } from '../sessions/session-admission.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { SignInStatesService } from './sign-in-states.service.js';
import { SignInStepsService } from './sign-in-steps.service.js';
import { SignInTicketsService } from './sign-in-tickets.service.js';

/** Sign-ins that begin with a ticket, which is their first factor. */
@Injectable()
export class TicketSignInsService {
  constructor(
    private readonly states: SignInStatesService,
    private readonly steps: SignInStepsService,
    private readonly tickets: SignInTicketsService,
    private readonly clients: ClientsService,
    private readonly admission: SessionAdmissionService,
    private readonly sessions: SessionsService,
    private readonly verifications: VerificationsService,
  ) {}

  /**
   * Starts the client's sign-in with a ticket, in place of the one before.
   *
   * @throws as `SignInTicketsService.read`, `session_exists` (400)
   */
  async begin(ctx: RequestContext, text: string): Promise<SignInJSON> {
    const open = await this.tickets.read(ctx, text);
    return this.steps.change(ctx, async (tx) => {
      const client = await this.clients.ensure(tx, ctx);
      const opened = await open(tx);
      // Whoever impersonates somebody leaves their own sessions here.
      if (opened.actor) await this.sessions.end(tx, ctx, { clientId: client.id }, 'removed');
      await this.admission.require(tx, ctx, client.id, opened.user.id);
      const proof = await this.verifications.createVerified(tx, ctx, 'ticket');
      const state = await this.states.begin(tx, ctx, client, opened, proof);
      return opened.actor ? this.steps.complete(tx, ctx, client, state) : this.steps.goOn(tx, ctx, client, state);
    });
  }
}
