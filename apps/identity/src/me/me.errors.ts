import { paramError, refusal } from '@latchkey/core';

/** Users of this instance, or this one, may not delete themselves. */
export const deleteSelfNotEnabled = () =>
  refusal(403, 'user_delete_self_not_enabled', 'not enabled', 'You are not allowed to delete your account.');

/** A password is changed where the present one is asked for. */
export const passwordUpdateDeprecated = () =>
  refusal(403, 'updating_user_password_deprecated', 'not allowed', 'A password is set through /v1/me/change_password.');

/** The present password is another one. */
export const currentPasswordIncorrect = () =>
  paramError(
    'form_password_validation_failed',
    'current_password',
    'is incorrect',
    'The current password is incorrect. Try again.',
  );

/** The new password must differ. */
export const newPasswordMatchesCurrent = () =>
  paramError(
    'form_new_password_matches_current',
    'new_password',
    'matches the current one',
    'The new password must not be the current one.',
  );

/** The instance requires a password of its users. */
export const passwordRequired = () =>
  refusal(
    400,
    'password_required',
    'password required',
    'This application requires a password, so it cannot be removed.',
  );

/** An authenticator app is set up already. */
export const totpAlreadyEnabled = () =>
  refusal(400, 'totp_already_enabled', 'already enabled', 'An authenticator app is already set up. Remove it first.');

/** Backup codes stand in for another second factor. */
export const backupCodesNotAvailable = () =>
  refusal(
    400,
    'backup_codes_not_available',
    'not available',
    'Set up another second factor before you make backup codes.',
  );

/** The instance has this turned off. */
export const featureNotEnabled = (feature: string) =>
  refusal(403, 'feature_not_enabled', 'not enabled', `${feature} are not enabled for this application.`);
