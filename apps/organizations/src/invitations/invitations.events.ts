import type { EventData } from '@latchkey/contracts';
import { event, type EventCause } from '@latchkey/events';
import { toPublicOrganizationData } from '../organizations/organizations.serializer.js';
import { toInvitationEventJSON, type FullInvitation } from './invitations.serializer.js';

export const invitationCreated = (cause: EventCause, invitation: FullInvitation) =>
  event(cause, 'organizationInvitation.created', invitation.organization.id, toInvitationEventJSON(invitation));

export const invitationRevoked = (cause: EventCause, invitation: FullInvitation) =>
  event(cause, 'organizationInvitation.revoked', invitation.organization.id, toInvitationEventJSON(invitation));

export const invitationAccepted = (cause: EventCause, invitation: FullInvitation, userId: string) =>
  event(cause, 'organizationInvitation.accepted', invitation.organization.id, {
    ...toInvitationEventJSON(invitation),
    user_id: userId,
    // The document has the organization one level deeper here; the SDK's type has it where the other events do.
    data: { public_organization_data: toPublicOrganizationData(invitation.organization, invitation) },
  } as unknown as EventData<'organizationInvitation.accepted'>);
