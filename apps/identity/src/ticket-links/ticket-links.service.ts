import { Injectable } from '@nestjs/common';
import { OrganizationsClient } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { transaction } from '@latchkey/db';
import { IdentityDb } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { ticketExpired } from '../tickets/tickets.errors.js';
import { isOrganizationTicket, TicketsService } from '../tickets/tickets.service.js';

/** Where the links in mails lead: on to the page of the application that takes the ticket. */
@Injectable()
export class TicketLinksService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly invitations: InvitationsService,
    private readonly organizations: OrganizationsClient,
    private readonly sessions: SessionsService,
    private readonly tickets: TicketsService,
  ) {}

  /**
   * The address to go on to. Nothing is used up yet: mail scanners follow links, too.
   *
   * @throws `ticket_*`, `revoked_invitation` (400)
   */
  async follow(ctx: RequestContext, text: string): Promise<string> {
    const { portalUrl, settings } = await this.instances.require(ctx.instanceId);
    const signIn = settings.display.sign_in_url || `${portalUrl}/sign-in`;
    const signUp = settings.display.sign_up_url || `${portalUrl}/sign-up`;
    if (isOrganizationTicket(text))
      return this.followToOrganization(ctx, text, {
        signIn,
        signUp,
        home: settings.display.home_url || `${portalUrl}/`,
      });
    const ticket = await this.tickets.inspect(ctx.instanceId, text);
    // Who was invited long ago may still sign up like anybody.
    if (ticket.isOver && ticket.kind === 'invitation') return signUp;
    if (ticket.isOver) throw ticketExpired();
    switch (ticket.kind) {
      case 'sign_in_token':
        return withTicket(signIn, text, 'sign_in');
      case 'actor_token':
        await this.signOut(ctx);
        return withTicket(signIn, text, 'sign_in');
      case 'invitation':
        return this.followInvitation(ctx, ticket.id, text, { signIn, signUp });
    }
  }

  private async followInvitation(
    ctx: RequestContext,
    id: string,
    text: string,
    { signIn, signUp }: { signIn: string; signUp: string },
  ): Promise<string> {
    const { redirectUrl, emailAddress } = await this.invitations.requireOpen(this.db, ctx, id);
    const isUser = await this.db.emailAddress.count({
      where: { instanceId: ctx.instanceId, reservedAs: emailAddress },
    });
    return isUser
      ? withTicket(redirectUrl ?? signIn, text, 'sign_in')
      : withTicket(redirectUrl ?? signUp, text, 'sign_up');
  }

  /** Whom the link finds signed in, joins at once. */
  private async followToOrganization(
    ctx: RequestContext,
    text: string,
    { signIn, signUp, home }: { signIn: string; signUp: string; home: string },
  ): Promise<string> {
    const { email_address: address, redirect_url: target } = await this.organizations.inspectTicket(ctx, text);
    const holder = await this.db.emailAddress.findFirst({
      where: { instanceId: ctx.instanceId, reservedAs: address },
      select: { userId: true },
    });
    if (!holder) return withTicket(target ?? signUp, text, 'sign_up');
    if (holder.userId !== ctx.userId) return withTicket(target ?? signIn, text, 'sign_in');
    await this.organizations.redeemTicket(ctx, text, holder.userId);
    return withTicket(target ?? home, text, 'complete');
  }

  /** Whoever is about to impersonate somebody leaves their own sessions here. */
  private async signOut(ctx: RequestContext): Promise<void> {
    const { clientId } = ctx;
    if (clientId) await transaction(this.db, (tx) => this.sessions.end(tx, ctx, { clientId }, 'removed'));
  }
}

function withTicket(target: string, ticket: string, status: 'sign_in' | 'sign_up' | 'complete'): string {
  const url = new URL(target);
  url.searchParams.set('__clerk_ticket', ticket);
  url.searchParams.set('__clerk_status', status);
  return url.href;
}
