import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { plainText, transaction } from '@latchkey/db';
import { slice, toOrderBy, type RowPage } from '@latchkey/http';
import { IdentityDb, type Tx } from '../db.js';
import type { Invitation, Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { ticketExpired, ticketInvalid } from '../tickets/tickets.errors.js';
import { TicketsService } from '../tickets/tickets.service.js';
import {
  duplicateInvitation,
  invitationAlreadyAccepted,
  invitationAlreadyRevoked,
  invitationsNotSupported,
  inviteeExists,
  revokedInvitation,
} from './invitations.errors.js';
import type { CreateInvitation, ListInvitations } from './invitations.schemas.js';

const DAY_MS = 24 * 60 * 60_000;
const ORDER = { created_at: 'createdAt', email_address: 'emailAddress', expires_at: 'expireAt' };

/** Invitations to sign up. Whoever follows the link has proved the address with it. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly messages: MessagesService,
    private readonly tickets: TicketsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Invites addresses, all or none.
   *
   * @param isBulk of many, none may be there already, whatever `ignore_existing` says of accounts
   * @throws `duplicate_record` (400) while another invitation is pending, `form_identifier_exists` (422) for a user's address
   */
  async create(
    ctx: RequestContext,
    inputs: CreateInvitation[],
    { isBulk = false } = {},
  ): Promise<{ row: Invitation; url: string }[]> {
    const { attributes } = await this.instances.settings(ctx.instanceId);
    if (!attributes.email_address.enabled) throw invitationsNotSupported();
    const now = this.clock.now();
    const invitations = await Promise.all(
      inputs.map(async (input) => {
        const id = newId('invitation', now);
        const expireAt = new Date(now.getTime() + input.expires_in_days * DAY_MS);
        const ticket = await this.tickets.sign(ctx.instanceId, { kind: 'invitation', id }, expireAt);
        return { id, expireAt, input, url: await this.tickets.link(ctx.instanceId, ticket) };
      }),
    );
    const addresses = inputs.map((input) => input.email_address);
    const taken = { invitations_one_pending: () => duplicateInvitation(addresses) };
    return transaction(
      this.db,
      async (tx) => {
        const picky = inputs.filter((input) => isBulk || !input.ignore_existing).map((input) => input.email_address);
        await this.requireNoUsers(tx, ctx, picky);
        await this.requireNonePending(
          tx,
          ctx,
          inputs.filter((input) => !input.ignore_existing),
        );
        const created = [];
        for (const { id, expireAt, input, url } of invitations) {
          const row = await tx.invitation.create({
            data: {
              id,
              instanceId: ctx.instanceId,
              emailAddress: input.email_address,
              publicMetadata: input.public_metadata,
              redirectUrl: input.redirect_url,
              status: 'pending',
              pendingAs: input.ignore_existing ? null : input.email_address,
              expireAt,
              createdAt: now,
            },
          });
          if (input.notify) {
            const variables = { action_url: url, invitation: { expires_in_days: input.expires_in_days } };
            await this.messages.sendEmail(tx, ctx, input.email_address, input.template_slug, variables);
          }
          created.push({ row, url });
        }
        return created;
      },
      { taken },
    );
  }

  /** Withdraws an invitation, so that its link stops working. @throws `invitation_already_*` (400) */
  async revoke(ctx: RequestContext, id: string): Promise<Invitation> {
    const where = { id, instanceId: ctx.instanceId };
    const [revoked] = await this.db.invitation.updateManyAndReturn({
      where: { ...where, status: 'pending' },
      data: { status: 'revoked', pendingAs: null },
    });
    if (revoked) return revoked;
    const row = await this.db.invitation.findUnique({ where });
    if (!row) throw notFound('invitation', id);
    throw row.status === 'accepted' ? invitationAlreadyAccepted() : invitationAlreadyRevoked();
  }

  /** Invitations; without a status all but the revoked ones. */
  async list(ctx: RequestContext, input: ListInvitations): Promise<RowPage<Invitation>> {
    const now = this.clock.now();
    const where: Prisma.InvitationWhereInput = {
      instanceId: ctx.instanceId,
      AND: [
        statusFilter(input.status, now),
        input.query
          ? { OR: [{ id: input.query }, { emailAddress: { contains: plainText(input.query.toLowerCase()) } }] }
          : {},
      ],
    };
    const [rows, total] = await Promise.all([
      this.db.invitation.findMany({
        where,
        ...slice(input),
        orderBy: [toOrderBy(input.order_by, ORDER), { id: 'desc' }],
      }),
      this.db.invitation.count({ where }),
    ]);
    return { rows, total };
  }

  /** The invitation behind a ticket, still open. @throws `revoked_invitation`, `invitation_already_accepted`, `ticket_*` (400) */
  async requireOpen(db: Tx | IdentityDb, ctx: RequestContext, id: string): Promise<Invitation> {
    const row = await db.invitation.findUnique({ where: { id, instanceId: ctx.instanceId } });
    if (!row) throw ticketInvalid();
    if (row.status === 'revoked') throw revokedInvitation();
    if (row.status === 'accepted') throw invitationAlreadyAccepted();
    if (row.status !== 'pending' || row.expireAt <= this.clock.now()) throw ticketExpired();
    return row;
  }

  /** Marks it as accepted: of those who race, one gets it. */
  async accept(tx: Tx, ctx: RequestContext, id: string): Promise<void> {
    const { count } = await tx.invitation.updateMany({
      where: { id, instanceId: ctx.instanceId, status: 'pending' },
      data: { status: 'accepted', pendingAs: null },
    });
    if (count === 0) {
      await this.requireOpen(tx, ctx, id);
      throw invitationAlreadyAccepted();
    }
  }

  private async requireNoUsers(tx: Tx, { instanceId }: RequestContext, addresses: string[]): Promise<void> {
    const rows = await tx.emailAddress.findMany({
      where: { instanceId, reservedAs: { in: addresses } },
      select: { emailAddress: true },
    });
    if (rows.length) throw inviteeExists(rows.map((row) => row.emailAddress));
  }

  private async requireNonePending(tx: Tx, { instanceId }: RequestContext, inputs: CreateInvitation[]): Promise<void> {
    const emailAddress = { in: inputs.map((input) => input.email_address) };
    const now = this.clock.now();
    await tx.invitation.updateMany({
      where: { instanceId, emailAddress, status: 'pending', expireAt: { lte: now } },
      data: { status: 'expired', pendingAs: null },
    });
    const rows = await tx.invitation.findMany({
      where: { instanceId, emailAddress, status: 'pending' },
      select: { emailAddress: true },
    });
    if (rows.length) throw duplicateInvitation(rows.map((row) => row.emailAddress));
  }
}

/** An invitation past its time is shown as expired before a write says so. */
function statusFilter(status: ListInvitations['status'], now: Date): Prisma.InvitationWhereInput {
  if (!status) return { status: { not: 'revoked' } };
  if (status === 'pending') return { status, expireAt: { gt: now } };
  if (status === 'expired') return { OR: [{ status }, { status: 'pending', expireAt: { lte: now } }] };
  return { status };
}
