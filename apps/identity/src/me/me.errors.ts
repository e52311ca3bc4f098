import { ApiError, paramError } from '@latchkey/core';

/** Users of this instance, or this one, may not delete themselves. */
export const deleteSelfNotEnabled = () =>
  new ApiError(403, {
    code: 'user_delete_self_not_enabled',
    message: 'not enabled',
    long_message: 'You are not allowed to delete your account.',
  });

/** A password is changed where the present one is asked for. */
export const passwordUpdateDeprecated = () =>
  new ApiError(403, {
    code: 'updating_user_password_deprecated',
    message: 'not allowed',
    long_message: 'A password is set through /v1/me/change_password.',
  });

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
  new ApiError(400, {
    code: 'password_required',
    message: 'password required',
    long_message: 'This application requires a password, so it cannot be removed.',
  });

/** An authenticator app is set up already. */
export const totpAlreadyEnabled = () =>
  new ApiError(400, {
    code: 'totp_already_enabled',
    message: 'already enabled',
    long_message: 'An authenticator app is already set up. Remove it first.',
  });

/** Backup codes stand in for another second factor. */
export const backupCodesNotAvailable = () =>
  new ApiError(400, {
    code: 'backup_codes_not_available',
    message: 'not available',
    long_message: 'Set up another second factor before you make backup codes.',
  });

/** The instance has this turned off. */
export const featureNotEnabled = (feature: string) =>
  new ApiError(403, {
    code: 'feature_not_enabled',
    message: 'not enabled',
    long_message: `${feature} are not enabled for this application.`,
  });
