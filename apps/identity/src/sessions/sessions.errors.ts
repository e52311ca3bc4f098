import { refusal } from '@latchkey/core';

/** There is no such organization, or the user is no member: the caller is not told which. */
export const organizationNotFoundOrUnauthorized = () =>
  refusal(
    404,
    'organization_not_found_or_unauthorized',
    'not found or unauthorized',
    'The organization was not found, or you are not a member of it.',
  );

/** The session was the caller's and is over. The SDKs take a 401 to mean that, and sign the page out. */
export const sessionOver = () =>
  refusal(401, 'authentication_invalid', 'session is over', 'This session has ended. Sign in again to go on.');
