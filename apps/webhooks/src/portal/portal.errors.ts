import { refusal } from '@latchkey/core';
import { svixError } from '../svix-api/svix-errors.js';

/** The instance has its application for webhooks already. */
export const svixAppExists = () =>
  refusal(400, 'svix_app_exists', 'already exists', 'This instance already has its application for webhooks.');

/** The instance has no application for webhooks. */
export const svixAppMissing = () =>
  refusal(
    400,
    'svix_app_missing',
    'missing',
    'This instance has no application for webhooks yet; create one first, or an endpoint.',
  );

/** The link was used, or is too old. */
export const linkSpent = () => svixError(401, 'authentication_failed', 'This link was used before or has expired.');

/** There is no session with this token. */
export const sessionUnknown = () => svixError(401, 'authentication_failed', 'Invalid token');

/** The session may not do this. */
export const notCapable = () => svixError(403, 'authorization_error', 'This link does not allow that.');
