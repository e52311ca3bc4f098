import { Injectable } from '@nestjs/common';
import { OrganizationsClient } from '@latchkey/clients';
import type { JsonObject, RequestContext } from '@latchkey/contracts';
import { SecretBox } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { log } from '@latchkey/observability';
import { actorTokenNotInSignIn } from '../actor-tokens/actor-tokens.errors.js';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb } from '../db.js';
import type { SignUp } from '../generated/prisma/client.js';
import { invitationAccountExists, organizationInviteeExists } from '../invitations/invitations.errors.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { signInTokenNotInSignIn } from '../sign-in-tokens/sign-in-tokens.errors.js';
import { isOrganizationTicket, TicketsService } from '../tickets/tickets.service.js';

/** Whom a ticket invites. */
export interface Invited {
  emailAddress: string;
  /** What the user begins with. */
  publicMetadata: JsonObject;
  /** Of the application's invitation. */
  invitationId: string | null;
  /** Of an organization's invitation, sealed: it is redeemed once there is a user. */
  organizationTicket: string | null;
}

/** Tickets that a sign-up is begun with. The invitation is used up when the user is made. */
@Injectable()
export class SignUpTicketsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly box: SecretBox,
    private readonly clients: ClientsService,
    private readonly invitations: InvitationsService,
    private readonly organizations: OrganizationsClient,
    private readonly sessions: SessionsService,
    private readonly tickets: TicketsService,
  ) {}

  /** Whom a ticket invites. @throws `*invitation*`, `ticket_*`, `*_not_in_sign_in_code` (400) */
  async read(ctx: RequestContext, text: string): Promise<Invited> {
    const invited = isOrganizationTicket(text)
      ? await this.toOrganization(ctx, text)
      : await this.toApplication(ctx, text);
    const where = { instanceId: ctx.instanceId, reservedAs: invited.emailAddress };
    if (await this.db.emailAddress.count({ where }))
      throw invited.organizationTicket ? organizationInviteeExists() : invitationAccountExists();
    return invited;
  }

  /**
   * Makes the new user a member of the organization that invited them, and it active. After the commit, for the other
   * service asks for the user; should it fail, the invitation stays open and the user finds it in their profile.
   */
  async join(ctx: RequestContext, signUp: SignUp): Promise<void> {
    const { organizationTicket, createdUserId: userId, createdSessionId: sessionId, clientId } = signUp;
    if (!organizationTicket || !userId || !sessionId) return;
    try {
      const ticket = this.box.open(organizationTicket);
      const { organization_id: organizationId } = await this.organizations.redeemTicket(ctx, ticket, userId);
      await transaction(this.db, async (tx) => {
        const client = await this.clients.lock(tx, { ...ctx, clientId });
        if (client) await this.sessions.touch(tx, ctx, client, sessionId, { organizationId, isSelected: true });
      });
    } catch (err) {
      log.warn({ err, trace_id: ctx.requestId }, 'a new user could not join the organization that invited them');
    }
  }

  private async toOrganization(ctx: RequestContext, text: string): Promise<Invited> {
    const { email_address: emailAddress } = await this.organizations.inspectTicket(ctx, text);
    return { emailAddress, publicMetadata: {}, invitationId: null, organizationTicket: this.box.seal(text) };
  }

  private async toApplication(ctx: RequestContext, text: string): Promise<Invited> {
    const { kind, id } = await this.tickets.read(ctx.instanceId, text);
    if (kind === 'sign_in_token') throw signInTokenNotInSignIn();
    if (kind === 'actor_token') throw actorTokenNotInSignIn();
    const { emailAddress, publicMetadata } = await this.invitations.requireOpen(this.db, ctx, id);
    return {
      emailAddress,
      publicMetadata: publicMetadata as JsonObject,
      invitationId: id,
      organizationTicket: null,
    };
  }
}
