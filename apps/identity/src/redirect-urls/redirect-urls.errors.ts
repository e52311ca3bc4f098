import { ApiError, paramError, type ErrorCode } from '@latchkey/core';

/** The address is on the list already. */
export const redirectUrlTaken = () =>
  paramError('form_already_exists', 'url', 'already exists', 'The redirect URL is on the list already.');

/** No address, or none to which anybody may be sent. */
export const redirectUrlUnusable = () =>
  paramError(
    'form_param_value_invalid',
    'url',
    'is invalid',
    'url must be an https:// URL or have a scheme of your app.',
  );

const refused = (code: ErrorCode, message: string, longMessage: string) =>
  new ApiError(422, { code, message, long_message: longMessage, meta: { param_name: 'redirect_url' } });

/** `redirect_url` is missing or cannot be read. */
export const invalidRedirectUrl = () =>
  refused('invalid_redirect_url', 'is invalid', 'redirect_url must be a valid URL.');

/** `redirect_url` would run code, or lead nowhere that a browser can go. */
export const prohibitedRedirectUrl = () =>
  refused('prohibited_redirect_url', 'is prohibited', 'The scheme of redirect_url is not allowed.');

/** `redirect_url` leads out of the instance. */
export const redirectUrlDomainMismatch = () =>
  refused(
    'redirect_url_domain_mismatch',
    'domain mismatch',
    'redirect_url must be on a domain of the instance, or on its list of redirect URLs.',
  );
