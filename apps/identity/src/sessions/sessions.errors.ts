import { ApiError } from '@latchkey/core';

/** There is no such organization, or the user is no member: the caller is not told which. */
export const organizationNotFoundOrUnauthorized = () =>
  new ApiError(404, {
    code: 'organization_not_found_or_unauthorized',
    message: 'not found or unauthorized',
    long_message: 'The organization was not found, or you are not a member of it.',
  });

/** Sessions without a browser are for tests. */
export const developmentOnly = () =>
  new ApiError(400, {
    code: 'request_invalid_for_environment',
    message: 'Request only valid in development',
    long_message: 'Sessions can be created from a server in development instances only.',
  });

/** The session was the caller's and is over. The SDKs take a 401 to mean that, and sign the page out. */
export const sessionOver = () =>
  new ApiError(401, {
    code: 'authentication_invalid',
    message: 'session is over',
    long_message: 'This session has ended. Sign in again to go on.',
  });
