import { paramError, refusal } from '@latchkey/core';

/** Another user has this address, number or name. */
export const identifierExists = (param: string) =>
  paramError('form_identifier_exists', param, 'already taken', 'That value is taken. Please try another.');

/** The user may not sign in or act. */
export const userBanned = () =>
  refusal(403, 'user_banned', 'User is banned', 'This account has been banned. Contact support for help.');

/** `starting_after` walks the list in the order of creation alone. */
export const startingAfterNeedsCreationOrder = (param: 'order_by' | 'offset') =>
  paramError(
    'form_conditional_param_disallowed',
    param,
    'is not allowed',
    'starting_after works with order_by created_at and without an offset only.',
  );

/** The user of `starting_after` is not there. */
export const unknownStartingAfter = (id: string) =>
  paramError('form_resource_not_found', 'starting_after', 'not found', `No user was found with id ${id}.`);

/** What the instance requires of a user was not given. `names` are the contract's. */
export const dataMissing = (names: string[]) =>
  refusal(422, 'form_data_missing', 'missing data', `This instance requires of its users: ${names.join(', ')}.`, {
    names,
  });

/** The instance has this kind of parameter turned off. */
export const paramUnknown = (param: string) =>
  paramError('form_param_unknown', param, 'is unknown', `${param} is not a valid parameter for this request.`);

/** A parameter that means something only beside another. */
export const paramNeeds = (param: string, other: string) =>
  paramError('form_conditional_param_missing', other, 'is missing', `${param} needs ${other} beside it.`);

/** Two parameters that exclude one another. */
export const paramConflict = (param: string, other: string) =>
  paramError('form_param_value_conflict', param, 'conflicts', `${param} and ${other} cannot be given together.`);

/** More than a bulk operation takes. */
export const bulkSizeExceeded = (max: number) =>
  refusal(400, 'bulk_size_exceeded', 'bulk size exceeded', `At most ${max} can be given at once.`);

/** Locking users is turned off. */
export const lockoutDisabled = () =>
  refusal(403, 'feature_not_enabled', 'not enabled', 'User lockout is not enabled for this instance.');

/** A primary address or number must be proved. */
export const primaryNeedsVerification = (param: string) =>
  paramError('form_verification_needed', param, 'must be verified', 'Verify it before you make it primary.');

/** Not one of the user's. */
export const notOfUser = (param: string, id: string) =>
  paramError('form_resource_not_found', param, 'not found', `${id} does not belong to the user.`);

/** The user has no password. */
export const noPasswordSet = () => refusal(400, 'no_password_set', 'no password set', 'This user has no password.');
