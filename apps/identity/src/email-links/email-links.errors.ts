import { refusal } from '@latchkey/core';

/** Not a link of this instance's mails. */
export const linkTokenInvalid = () =>
  refusal(400, 'verification_link_token_invalid', 'is invalid', 'This link is not valid.', { param_name: 'token' });
