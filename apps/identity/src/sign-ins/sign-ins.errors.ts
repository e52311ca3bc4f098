import { paramError, refusal } from '@latchkey/core';

/** Nobody has this identifier. */
export const identifierNotFound = () =>
  paramError('form_identifier_not_found', 'identifier', 'is invalid', "Couldn't find your account.");

/** Not the user's password. */
export const passwordIncorrect = () =>
  paramError(
    'form_password_incorrect',
    'password',
    'is incorrect',
    'Password is incorrect. Try again, or use another method.',
  );

/** As `passwordIncorrect`, where nobody may learn whether the account exists. */
export const passwordOrIdentifierIncorrect = () =>
  paramError(
    'form_password_or_identifier_incorrect',
    'password',
    'is incorrect',
    'Password or email address is incorrect. Try again, or use another method.',
  );

/** The password is right, but known from a breach: another way in is needed, then a new password. */
export const passwordPwned = () =>
  paramError(
    'form_password_pwned',
    'password',
    'has been found in a data breach',
    'This password has been found as part of a breach and can not be used. Please reset your password.',
  );

/** The account cannot be entered this way. */
export const strategyForUserInvalid = () =>
  refusal(
    400,
    'strategy_for_user_invalid',
    'verification strategy is not valid for this account',
    'The verification strategy is not valid for this account.',
    { param_name: 'strategy' },
  );

/** The instance has this strategy turned off, or the product does not know it. */
export const strategyInvalid = (strategy: string) =>
  paramError('form_param_value_invalid', 'strategy', 'is invalid', `${strategy} is not a way to sign in here.`);

/** The client has begun another sign-in since. */
export const signInReplaced = () =>
  refusal(403, 'resource_forbidden', 'forbidden', 'This sign in attempt was replaced by a newer one.');

/** The account has been deleted since the sign-in began. */
export const accountGone = () =>
  refusal(
    400,
    'sign_in_identification_or_user_deleted',
    'account deleted',
    'The account of this sign in no longer exists. Start again.',
  );

/** The user has no second factor of this kind. */
export const noSecondFactors = () =>
  refusal(400, 'no_second_factors', 'no second factors', 'This account has no second factor of this kind.');

/** There is no sign-up whose proof this sign-in could take over. */
export const accountTransferInvalid = () =>
  refusal(
    400,
    'account_transfer_invalid',
    'Invalid account transfer',
    'There is no account to transfer from the sign up.',
  );
