import { Injectable } from '@nestjs/common';
import { ORGANIZATION_TICKET } from '@latchkey/clients';
import { hashSecret, sameSecret, SecretBox } from '@latchkey/core';

/**
 * The tickets in the links of invitations. A ticket is the invitation's id with a code under the master key: it can be
 * shown again to those who may see it, and yet the database does not hold it.
 */
@Injectable()
export class InvitationTickets {
  constructor(private readonly box: SecretBox) {}

  /** The ticket of an invitation. */
  of(invitationId: string): { plain: string; hash: string } {
    const plain = `${ORGANIZATION_TICKET}${invitationId.replace(/^orginv_/, '')}.${this.code(invitationId)}`;
    return { plain, hash: hashSecret(plain) };
  }

  /** The link that carries the ticket. */
  url(invitationId: string, fapiUrl: string): string {
    return `${fapiUrl}/v1/tickets/accept?ticket=${encodeURIComponent(this.of(invitationId).plain)}`;
  }

  /** The id of the invitation whose ticket this is; null when it is none of ours. */
  read(ticket: string): string | null {
    if (!ticket.startsWith(ORGANIZATION_TICKET)) return null;
    const [id, code] = ticket.slice(ORGANIZATION_TICKET.length).split('.');
    const invitationId = `orginv_${id}`;
    return code && sameSecret(code, this.code(invitationId)) ? invitationId : null;
  }

  private code(invitationId: string): string {
    return this.box.mac(`organization invitation ${invitationId}`);
  }
}
