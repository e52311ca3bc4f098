import type { EventData } from '@latchkey/contracts';
import { event, type EventCause } from '@latchkey/events';
import { toInvitationEventJSON, type FullInvitation } from './invitations.serializer.js';

export const invitationCreated = (cause: EventCause, invitation: FullInvitation) =>
  event(cause, 'organizationInvitation.created', invitation.organization.id, toInvitationEventJSON(invitation));

export const invitationRevoked = (cause: EventCause, invitation: FullInvitation) =>
  event(cause, 'organizationInvitation.revoked', invitation.organization.id, toInvitationEventJSON(invitation));

export const invitationAccepted = (cause: EventCause, invitation: FullInvitation, userId: string) =>
  event(cause, 'organizationInvitation.accepted', invitation.organization.id, {
    ...toInvitationEventJSON(invitation),
    user_id: userId,
  } as unknown as EventData<'organizationInvitation.accepted'>);
