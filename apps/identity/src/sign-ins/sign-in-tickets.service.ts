import { Injectable } from '@nestjs/common';
import { OrganizationsClient } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { ActorTokensService } from '../actor-tokens/actor-tokens.service.js';
import { actorTokenSubjectNotFound } from '../actor-tokens/actor-tokens.errors.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { invitationAccountNotExists } from '../invitations/invitations.errors.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { SessionAdmissionService } from '../sessions/session-admission.service.js';
import { SignInTokensService } from '../sign-in-tokens/sign-in-tokens.service.js';
import { isOrganizationTicket, TicketsService, type Ticket } from '../tickets/tickets.service.js';
import { userBanned } from '../users/users.errors.js';
import { fullUser, type FullUser } from '../users/users.serializer.js';
import { accountGone } from './sign-ins.errors.js';

/** Whom a ticket lets in, and how. */
export interface OpenedTicket {
  user: FullUser;
  identifier: string;
  /** Who impersonates the user: they prove no second factor, which is not theirs. */
  actor?: Prisma.InputJsonValue;
  organizationId?: string;
  /** Seconds. */
  sessionLifetime?: number;
}

/** Tickets that let somebody in. Each is used up in the transaction of the sign-in: of those who race, one gets in. */
@Injectable()
export class SignInTicketsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly admission: SessionAdmissionService,
    private readonly organizations: OrganizationsClient,
    private readonly actorTokens: ActorTokensService,
    private readonly invitations: InvitationsService,
    private readonly signInTokens: SignInTokensService,
    private readonly tickets: TicketsService,
  ) {}

  /**
   * Reads a ticket, and joins the organization that it invites to, if it does.
   *
   * @returns what uses it up, in the transaction of the sign-in
   * @throws `sign_in_token_*`, `actor_token_*`, `invitation_*`, `ticket_*` (400), `user_banned` (403), both at once and later
   */
  async read(ctx: RequestContext, text: string): Promise<(tx: Tx) => Promise<OpenedTicket>> {
    if (isOrganizationTicket(text)) {
      const joined = await this.joinOrganization(ctx, text);
      return () => Promise.resolve(joined);
    }
    const ticket = await this.tickets.read(ctx.instanceId, text);
    return (tx) => this.use(tx, ctx, ticket);
  }

  private async use(tx: Tx, ctx: RequestContext, ticket: Ticket): Promise<OpenedTicket> {
    const opened = await this.open(tx, ctx, ticket);
    if (opened.user.isBanned) throw userBanned();
    return opened;
  }

  /**
   * Joins the organization that a ticket invites to, before a sign-in begins: the other service decides who is first.
   *
   * @throws `organization_invitation_*`, `invitation_account_not_exists`, `ticket_*` (400), `user_banned` (403)
   */
  private async joinOrganization(ctx: RequestContext, text: string): Promise<OpenedTicket> {
    const { email_address: address } = await this.organizations.inspectTicket(ctx, text);
    const holder = { emailAddresses: { some: { instanceId: ctx.instanceId, reservedAs: address } } };
    const user = await this.findUser(this.db, ctx, holder);
    if (!user) throw invitationAccountNotExists();
    if (user.isBanned) throw userBanned();
    await this.admission.requireEarly(ctx, user.id);
    const { organization_id: organizationId } = await this.organizations.redeemTicket(ctx, text, user.id);
    return { user, identifier: address, organizationId };
  }

  private async open(tx: Tx, ctx: RequestContext, { kind, id }: Ticket): Promise<OpenedTicket> {
    switch (kind) {
      case 'sign_in_token': {
        const { userId, organizationId } = await this.signInTokens.accept(tx, ctx, id);
        const user = await this.findUser(tx, ctx, { id: userId });
        if (!user) throw accountGone();
        return { user, identifier: identifierOf(user), organizationId: organizationId ?? undefined };
      }
      case 'actor_token': {
        const { userId, actor, sessionLifetime } = await this.actorTokens.accept(tx, ctx, id);
        const user = await this.findUser(tx, ctx, { id: userId });
        if (!user) throw actorTokenSubjectNotFound();
        return { user, identifier: identifierOf(user), actor: actor as Prisma.InputJsonValue, sessionLifetime };
      }
      case 'invitation': {
        const { emailAddress } = await this.invitations.requireOpen(tx, ctx, id);
        const holder = { emailAddresses: { some: { instanceId: ctx.instanceId, reservedAs: emailAddress } } };
        const user = await this.findUser(tx, ctx, holder);
        if (!user) throw invitationAccountNotExists();
        await this.invitations.accept(tx, ctx, id);
        return { user, identifier: emailAddress };
      }
    }
  }

  private findUser(
    tx: Tx | IdentityDb,
    { instanceId }: RequestContext,
    where: Prisma.UserWhereInput,
  ): Promise<FullUser | null> {
    return tx.user.findFirst({ where: { ...where, instanceId }, include: fullUser });
  }
}

const identifierOf = (user: FullUser): string =>
  user.emailAddresses.find((row) => row.id === user.primaryEmailAddressId)?.emailAddress ??
  user.phoneNumbers.find((row) => row.id === user.primaryPhoneNumberId)?.phoneNumber ??
  user.username ??
  user.id;
