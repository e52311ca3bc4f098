import { paramError, refusal } from '@latchkey/core';

/** The address has a pending invitation. */
export const duplicateInvitation = (addresses: string[]) =>
  refusal(
    400,
    'duplicate_record',
    'duplicate invitation',
    'There are already pending invitations for these addresses.',
    { email_addresses: addresses },
  );

/** Somebody has the address. */
export const inviteeExists = (addresses: string[]) => {
  const error = paramError(
    'form_identifier_exists',
    'email_address',
    'already exists',
    'There is already an account with this email address.',
  );
  error.items[0]!.meta = { ...error.items[0]!.meta, email_addresses: addresses };
  return error;
};

/** It was accepted. */
export const invitationAlreadyAccepted = () =>
  refusal(400, 'invitation_already_accepted', 'already accepted', 'This invitation has already been accepted.');

/** It was revoked before. */
export const invitationAlreadyRevoked = () =>
  refusal(400, 'invitation_already_revoked', 'already revoked', 'This invitation has already been revoked.');

/** A ticket whose invitation was revoked. */
export const revokedInvitation = () =>
  refusal(400, 'revoked_invitation', 'invitation revoked', 'This invitation has been revoked.');

/** The invited address has an account: sign in instead. */
export const invitationAccountExists = () =>
  refusal(400, 'invitation_account_exists', 'account exists', 'You already have an account. Sign in instead.');

/** As `invitationAccountExists`, where an organization invites. */
export const organizationInviteeExists = () =>
  refusal(
    400,
    'organization_invitation_identification_already_exists',
    'account exists',
    'You already have an account. Sign in to join the organization.',
  );

/**
 * The invited address has no account yet: sign up instead. The SDK changes over on it, and on no code of organizations'
 * invitations, so it is told of those, too.
 */
export const invitationAccountNotExists = () =>
  refusal(400, 'invitation_account_not_exists', 'no account', 'You have no account yet. Sign up instead.');

/** Invitations go to addresses, and this instance has none. */
export const invitationsNotSupported = () =>
  refusal(
    400,
    'invitations_not_supported',
    'not supported',
    'Invitations need email addresses, which are turned off here.',
  );
