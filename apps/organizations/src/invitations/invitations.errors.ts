import { ApiError, refusal } from '@latchkey/core';

/** The instance's users have no e-mail addresses. */
export const invitationsNotSupported = () =>
  refusal(
    400,
    'invitations_not_supported',
    'invitations are not supported',
    'Invitations need e-mail addresses, which this instance does not use.',
  );

/** Another invitation of the address to this organization is pending. */
export const invitationNotUnique = () =>
  refusal(
    400,
    'organization_invitation_not_unique',
    'already invited',
    'This address has a pending invitation to the organization.',
  );

/** Some addresses of a bulk have pending invitations, or are named twice. */
export const duplicateInvitations = (addresses: string[]) =>
  refusal(
    400,
    'duplicate_record',
    'already invited',
    'Some of these addresses have pending invitations already, or are named twice.',
    { email_addresses: addresses },
  );

/** The caller has had this address invited again and again. */
export const addressInvitedTooOften = (seconds: number) =>
  new ApiError(
    429,
    {
      code: 'too_many_requests',
      message: 'Too many requests. Please try again in a bit.',
      long_message: 'You have invited this address too often. Try again later.',
      meta: { resets_in: seconds },
    },
    { retryAfterSeconds: seconds },
  );

/** More invitations at once than are allowed. */
export const bulkTooLarge = (limit: number) =>
  refusal(400, 'bulk_size_exceeded', 'too many at once', `At most ${limit} invitations can be made at once.`);

/** The invitation was accepted, revoked or has expired. */
export const invitationNotPending = () =>
  refusal(404, 'organization_invitation_not_pending', 'not pending', 'Only a pending invitation can be changed.');

/** There is no such invitation of the caller's. */
export const invitationNotFound = () =>
  refusal(404, 'organization_invitation_not_found', 'not found', 'No such invitation was found.');

export const invitationAlreadyAccepted = () =>
  refusal(
    400,
    'organization_invitation_already_accepted',
    'already accepted',
    'This invitation has been accepted. Sign in to go on.',
  );

export const invitationRevokedBefore = () =>
  refusal(400, 'organization_invitation_revoked_code', 'revoked', 'This invitation has been withdrawn.');

export const invitationToDeletedOrganization = () =>
  refusal(
    400,
    'organization_invitation_to_deleted_organization',
    'organization deleted',
    'The organization of this invitation no longer exists.',
  );

export const ticketInvalid = () =>
  refusal(400, 'ticket_invalid_code', 'ticket is invalid', 'This link is not valid. Ask for another invitation.');

export const ticketExpired = () =>
  refusal(400, 'ticket_expired_code', 'ticket has expired', 'This link has expired. Ask for another invitation.');

/** The user who is named as the one who acts is no member. */
export const notAMember = () =>
  refusal(403, 'not_a_member_in_organization', 'not a member', 'The user is not a member of the organization.');
