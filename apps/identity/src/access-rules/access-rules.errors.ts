import { ApiError } from '@latchkey/core';

/** Access rules keep these identifiers out. */
export const notAllowedAccess = (identifiers: string[]) =>
  new ApiError(403, {
    code: 'not_allowed_access',
    message: 'Access not allowed.',
    long_message: `${identifiers.join(', ')} ${identifiers.length === 1 ? 'is' : 'are'} not allowed to access this application.`,
    meta: { identifiers },
  });

/** Throw-away mailboxes are not taken. */
export const emailAddressBlocked = () =>
  new ApiError(403, {
    code: 'form_email_address_blocked',
    message: 'is blocked',
    long_message: 'Addresses of this email provider are not accepted. Use another one.',
    meta: { param_name: 'email_address' },
  });
