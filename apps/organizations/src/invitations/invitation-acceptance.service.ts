import { Injectable } from '@nestjs/common';
import type { InvitationTicket, UserSummary } from '@latchkey/clients';
import type { JsonObject, RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { Invitation } from '../generated/prisma/client.js';
import { MembershipsWriter, takenMembership } from '../memberships/memberships.writer.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import {
  invitationAlreadyAccepted,
  invitationNotFound,
  invitationNotPending,
  invitationRevokedBefore,
  invitationToDeletedOrganization,
  ticketExpired,
  ticketInvalid,
} from './invitations.errors.js';
import { invitationAccepted } from './invitations.events.js';
import { InvitationsReader } from './invitations.reader.js';
import type { FullInvitation } from './invitations.serializer.js';
import { InvitationTickets } from './invitations.tickets.js';

/** Turns invitations into memberships. */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly organizations: OrganizationsLookup,
    private readonly directory: DirectoryService,
    private readonly reader: InvitationsReader,
    private readonly tickets: InvitationTickets,
    private readonly members: MembershipsWriter,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Accepts an invitation to an address that the caller has proved.
   *
   * @throws `organization_invitation_not_found`, `organization_invitation_not_pending` (404),
   * `organization_invitation_already_accepted`, `organization_invitation_revoked_code` (400), and what joining throws
   */
  async accept(ctx: RequestContext, id: string): Promise<FullInvitation> {
    const user = await this.directory.requireUser(ctx, ctx.userId!);
    const verified = user.email_addresses.filter((row) => row.is_verified).map((row) => row.email_address);
    const row = await this.db.invitation.findFirst({
      where: { id, instanceId: ctx.instanceId, emailAddress: { in: verified } },
    });
    if (!row) throw invitationNotFound();
    return this.join(ctx, row, user, invitationNotPending);
  }

  /**
   * What a ticket stands for; nothing is used up.
   *
   * @throws `ticket_invalid_code`, `ticket_expired_code`, `organization_invitation_already_accepted`,
   * `organization_invitation_revoked_code`, `organization_invitation_to_deleted_organization` (400)
   */
  async inspect(ctx: RequestContext, ticket: string): Promise<InvitationTicket> {
    return toTicket(await this.requireByTicket(ctx, ticket));
  }

  /** Uses a ticket up: the user becomes a member. @throws as `inspect`, and what joining throws */
  async redeem(ctx: RequestContext, ticket: string, userId: string): Promise<InvitationTicket> {
    const row = await this.requireByTicket(ctx, ticket);
    const user = await this.directory.requireUser(ctx, userId);
    await this.join(ctx, row, user, ticketExpired);
    return toTicket(row);
  }

  private async requireByTicket(ctx: RequestContext, ticket: string): Promise<Invitation> {
    const id = this.tickets.read(ticket);
    if (!id) throw ticketInvalid();
    const row = await this.db.invitation.findFirst({ where: { id, instanceId: ctx.instanceId } });
    // The ticket is ours, so the invitation existed: it went with its organization.
    if (!row) throw invitationToDeletedOrganization();
    if (row.status !== 'pending' || row.expiresAt <= this.clock.now()) throw notPending(row, ticketExpired);
    return row;
  }

  private async join(
    ctx: RequestContext,
    known: Invitation,
    user: UserSummary,
    expired: typeof ticketExpired,
  ): Promise<FullInvitation> {
    const [full] = await this.reader.full(ctx, [known]);
    if (!full) throw invitationNotFound();
    const { role, fapiUrl } = full;
    const cause = { instanceId: ctx.instanceId, ipAddress: ctx.ipAddress, userAgent: ctx.userAgent, fapiUrl };
    const write = async (tx: Tx) => {
      await this.organizations.lock(tx, ctx, known.organizationId);
      const where = { id: known.id, instanceId: ctx.instanceId };
      // Of two accepts, or of an accept and a revoke, this UPDATE lets one through.
      const [row] = await tx.invitation.updateManyAndReturn({
        where: { ...where, status: 'pending', expiresAt: { gt: this.clock.now() } },
        data: { status: 'accepted', pendingAddress: null, acceptedBy: user.id },
      });
      if (!row) throw notPending(await tx.invitation.findFirst({ where }), expired);
      const member = {
        organizationId: row.organizationId,
        user,
        role,
        publicMetadata: row.publicMetadata as JsonObject,
        privateMetadata: row.privateMetadata as JsonObject,
      };
      await this.members.add(tx, cause, member, row.domainId === null ? 'invited' : 'new');
      const accepted = { ...full, row };
      await this.outbox.add(tx, invitationAccepted(ctx, accepted, user.id));
      return accepted;
    };
    return transaction(this.db, write, { taken: takenMembership });
  }
}

const notPending = (row: Invitation | null, expired: typeof ticketExpired) =>
  row?.status === 'accepted'
    ? invitationAlreadyAccepted()
    : row?.status === 'revoked'
      ? invitationRevokedBefore()
      : expired();

const toTicket = (row: Invitation): InvitationTicket => ({
  invitation_id: row.id,
  organization_id: row.organizationId,
  email_address: row.emailAddress,
  redirect_url: row.redirectUrl,
  expires_at: row.expiresAt.getTime(),
});
