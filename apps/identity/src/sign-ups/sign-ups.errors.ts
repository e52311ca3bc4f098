import { paramError, refusal } from '@latchkey/core';

/** This instance's sign-up does not ask for it. */
export const unknownField = (field: string) =>
  paramError('form_param_unknown', field, 'is unknown', `${field} is not a parameter of this instance's sign-up.`);

/** Only who is invited may sign up. */
export const signUpsRestricted = () =>
  refusal(
    403,
    'sign_up_mode_restricted',
    'Sign ups are restricted',
    'Access to this application is limited. Ask its operators for an invitation.',
  );

/** Only who has come off the waitlist may sign up. */
export const signUpsOnWaitlist = () =>
  refusal(
    403,
    'sign_up_restricted_waitlist',
    'Sign ups are by waitlist',
    'Sign ups are not open yet. Join the waitlist.',
  );

/** The instance does not sign up that way, or the product does not know it. */
export const signUpStrategyInvalid = (strategy: string) =>
  paramError('form_param_value_invalid', 'strategy', 'is invalid', `${strategy} is not a way to sign up here.`);

/** There is no sign-in whose proof this sign-up could take over. */
export const accountTransferInvalid = () =>
  refusal(
    400,
    'account_transfer_invalid',
    'Invalid account transfer',
    'There is no account to transfer from the sign in.',
  );

/** It is complete, or was given up. */
export const signUpCannotBeUpdated = () =>
  refusal(403, 'sign_up_cannot_be_updated', 'cannot be updated', 'Only a sign up that is under way can be changed.');
