import { refusal } from '@latchkey/core';

/** Access rules keep these identifiers out. */
export const notAllowedAccess = (identifiers: string[]) =>
  refusal(
    403,
    'not_allowed_access',
    'Access not allowed.',
    `${identifiers.join(', ')} ${identifiers.length === 1 ? 'is' : 'are'} not allowed to access this application.`,
    { identifiers },
  );

/** Throw-away mailboxes are not taken. */
export const emailAddressBlocked = () =>
  refusal(
    403,
    'form_email_address_blocked',
    'is blocked',
    'Addresses of this email provider are not accepted. Use another one.',
    { param_name: 'email_address' },
  );
