import { ApiError, type ErrorCode } from '@latchkey/core';

const refused = (code: ErrorCode, message: string, long_message: string) =>
  new ApiError(400, { code, message, long_message, meta: { param_name: 'token' } });

/** Not a link of this instance's mails. */
export const linkTokenInvalid = () =>
  refused('verification_link_token_invalid', 'is invalid', 'This link is not valid.');
