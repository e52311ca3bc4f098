import { op, open, protocol } from './operation.js';

/** What the SDKs call on FAPI although the published contract does not list it; each with its caller. */
export const fapiBeyondSpec = {
  /** The cookie refresh: a top-level visit that clerk-js makes before a navigation. */
  touchClient: open(op('GET', '/v1/client/touch', 'identity', 307)),
  /** clerk-js: the captcha challenge. */
  verifyClient: open(op('POST', '/v1/client/verify', 'identity')),
  /** clerk-js: the chooser of enterprise connections at sign-up. */
  listSignUpEnterpriseConnections: open(
    op('GET', '/v1/client/sign_ups/:sign_up_id/enterprise_connections', 'identity'),
  ),
  /** clerk-js, in development: the button that switches on what a component needs. The spec has the path alone. */
  enableEnvironmentSetting: open(op('PATCH', '/v1/dev_tools/enable_environment_setting', 'identity')),
  /** The address in which uploaded pictures are shown. */
  getImage: protocol(op('GET', '/v1/images/:image_id', 'identity')),
  /** As `getImage`, of organizations. */
  getOrganizationImage: protocol(op('GET', '/v1/images/organizations/:image_id', 'organizations')),
} as const;

/** What the SDKs call on BAPI although the published contract does not list it; each with its caller. */
export const bapiBeyondSpec = {
  /** `@clerk/backend`: exchanges the handshake's nonce for its cookies. */
  GetHandshakePayload: op('GET', '/v1/clients/handshake_payload', 'identity'),
} as const;
