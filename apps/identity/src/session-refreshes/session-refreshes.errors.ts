import { refusal } from '@latchkey/core';

/** Why a session token is not renewed. All of them are 401, so that the SDKs fall back to the handshake. */
const messages = {
  refresh_request_origin_invalid: 'request_origin is not an origin.',
  expired_session_token_invalid: 'expired_token is not a session token of this instance.',
  expired_session_token_missing_azp: 'expired_token does not say for which origin it was made.',
  refresh_request_origin_azp_mismatch: 'expired_token was made for another origin.',
  expired_session_token_missing_sid: 'expired_token does not name its session.',
  refresh_sid_mismatch: 'expired_token belongs to another session.',
  session_refresh_expired_session_token_missing_iat: 'expired_token does not say when it was made.',
  session_refresh_expired_session_token_too_old: 'expired_token is too old.',
  session_refresh_session_not_found: 'There is no such session.',
  session_refresh_inactive_session: 'The session is over.',
  refresh_token_not_found: 'refresh_token is none of this session.',
  session_refresh_user_not_found: 'The user of the session is gone.',
  session_refresh_session_token_ineligible: 'The session is another user’s deed, and is renewed in the browser alone.',
  session_refresh_expired_session_token_consumed: 'expired_token, or a newer one, has been renewed already.',
} as const;

/** A session token is not renewed. */
export const refreshRefused = (code: keyof typeof messages) =>
  refusal(401, code, 'Session refresh refused', messages[code]);
