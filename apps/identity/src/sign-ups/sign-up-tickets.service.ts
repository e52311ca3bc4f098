import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { actorTokenNotInSignIn } from '../actor-tokens/actor-tokens.errors.js';
import { IdentityDb } from '../db.js';
import type { Invitation } from '../generated/prisma/client.js';
import { invitationAccountExists } from '../invitations/invitations.errors.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { signInTokenNotInSignIn } from '../sign-in-tokens/sign-in-tokens.errors.js';
import { ticketInvalid } from '../tickets/tickets.errors.js';
import { TicketsService } from '../tickets/tickets.service.js';

/** Tickets that a sign-up is begun with. The invitation is used up when the user is made. */
@Injectable()
export class SignUpTicketsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly invitations: InvitationsService,
    private readonly tickets: TicketsService,
  ) {}

  /** The invitation behind a ticket. @throws `invitation_*`, `revoked_invitation`, `ticket_*`, `*_not_in_sign_in_code` (400) */
  async invitation(ctx: RequestContext, text: string): Promise<Invitation> {
    const { kind, id } = await this.tickets.read(ctx.instanceId, text);
    if (kind === 'sign_in_token') throw signInTokenNotInSignIn();
    if (kind === 'actor_token') throw actorTokenNotInSignIn();
    if (kind !== 'invitation') throw ticketInvalid();
    const invitation = await this.invitations.requireOpen(this.db, ctx, id);
    const where = { instanceId: ctx.instanceId, reservedAs: invitation.emailAddress };
    if (await this.db.emailAddress.count({ where })) throw invitationAccountExists();
    return invitation;
  }
}
