import { paramError, refusal } from '@latchkey/core';

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

/** `redirect_url` is missing or cannot be read. */
export const invalidRedirectUrl = () =>
  refusal(422, 'invalid_redirect_url', 'is invalid', 'redirect_url must be a valid URL.', {
    param_name: 'redirect_url',
  });

/** `redirect_url` would run code, or lead nowhere that a browser can go. */
export const prohibitedRedirectUrl = () =>
  refusal(422, 'prohibited_redirect_url', 'is prohibited', 'The scheme of redirect_url is not allowed.', {
    param_name: 'redirect_url',
  });

/** `redirect_url` leads out of the instance. */
export const redirectUrlDomainMismatch = () =>
  refusal(
    422,
    'redirect_url_domain_mismatch',
    'domain mismatch',
    'redirect_url must be on a domain of the instance, or on its list of redirect URLs.',
    { param_name: 'redirect_url' },
  );
