import { Injectable } from '@nestjs/common';
import { ORGANIZATION_TICKET } from '@latchkey/clients';
import { Clock } from '@latchkey/core';
import { InstancesService } from '../instances/instances.service.js';
import { SigningKeysService, tokenCategory } from '../instances/signing-keys.service.js';
import { ticketExpired, ticketInvalid } from './tickets.errors.js';

/** What a ticket opens. */
export const ticketKinds = ['sign_in_token', 'actor_token', 'invitation'] as const;
export type TicketKind = (typeof ticketKinds)[number];

/** Whether a ticket is of an organization's invitation: those are made and redeemed by `organizations`. */
export const isOrganizationTicket = (text: string): boolean => text.startsWith(ORGANIZATION_TICKET);

/** A ticket that the instance has signed and that is not over; whether it is still good, the row of its source says. */
export interface Ticket {
  kind: TicketKind;
  /** Of the sign-in token, actor token or invitation. */
  id: string;
}

/**
 * Tickets: links that stand for a right. A ticket is a JWT that names the row it was made for, so nothing secret is stored;
 * that it is used once is decided at that row.
 */
@Injectable()
export class TicketsService {
  constructor(
    private readonly instances: InstancesService,
    private readonly signingKeys: SigningKeysService,
    private readonly clock: Clock,
  ) {}

  /** Signs a ticket. */
  sign(instanceId: string, { kind, id }: Ticket, expireAt: Date): Promise<string> {
    const claims = { exp: Math.floor(expireAt.getTime() / 1000), iid: instanceId, sid: id, st: kind };
    return this.signingKeys.sign(instanceId, claims, { cat: tokenCategory.internal });
  }

  /** The address that a mail or an application sends somebody to. */
  async link(instanceId: string, ticket: string): Promise<string> {
    const { fapiUrl } = await this.instances.require(instanceId);
    return `${fapiUrl}/v1/tickets/accept?ticket=${ticket}`;
  }

  /** @throws `ticket_invalid_code`, `ticket_expired_code` (400) */
  async read(instanceId: string, text: string): Promise<Ticket> {
    const { isOver, ...ticket } = await this.inspect(instanceId, text);
    if (isOver) throw ticketExpired();
    return ticket;
  }

  /** As `read`, also for a ticket whose time is over. */
  async inspect(instanceId: string, text: string): Promise<Ticket & { isOver: boolean }> {
    const { exp, iid, sid, st } = (await this.signingKeys.verify(instanceId, text)) ?? {};
    const kind = ticketKinds.find((one) => one === st);
    if (!kind || iid !== instanceId || typeof sid !== 'string' || typeof exp !== 'number') throw ticketInvalid();
    return { kind, id: sid, isOver: exp * 1000 <= this.clock.now().getTime() };
  }
}
