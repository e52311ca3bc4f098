/** The pages of the account portal. Each shows one component of the SDK, all below the path of the same name. */
export const portalPages = [
  'sign-in',
  'sign-up',
  'user',
  'organization',
  'create-organization',
  'waitlist',
  'tasks',
  'verify',
  'oauth-consent',
  'popup-callback',
  'unauthorized-sign-in',
] as const;

/** A page of the account portal, named by its path. */
export type PortalPage = (typeof portalPages)[number];

/** A page that runs the portal's script: those of the portal, and FAPI's home page. */
export type ScriptedPage = PortalPage | 'home';
