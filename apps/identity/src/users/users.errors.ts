import { ApiError, paramError } from '@latchkey/core';

/** Another user has this address, number or name. */
export const identifierExists = (param: string) =>
  paramError('form_identifier_exists', param, 'already taken', 'That value is taken. Please try another.');

/** The user may not sign in or act. */
export const userBanned = () =>
  new ApiError(403, {
    code: 'user_banned',
    message: 'User is banned',
    long_message: 'This account has been banned. Contact support for help.',
  });
