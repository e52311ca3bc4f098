import type { OperationId } from '@latchkey/contracts';

/** FAPI operations whose answer is the resource itself, without `{response, client}` around it; each with the reason. */
export const flatOperations: ReadonlySet<OperationId> = new Set<OperationId>([
  // clerk-js reads the token, the environment and the development browser's id at the top level.
  'createSessionToken',
  'createSessionTokenWithTemplate',
  'getEnvironment',
  'updateEnvironment',
  'createDevBrowser',
  // It takes the plain array, and would take `{response}` for an object.
  'getSessions',
  // The contract shows these arrays bare.
  'getUsersSessions',
  'getEmailAddresses',
  'getPhoneNumbers',
  // Their callers read the fields of the answer itself.
  'joinWaitlist',
  'GetBillingPlan',
  'getAccountPortal',
]);

/** Paths of protocols that are not the contract's own: discovery, OAuth, SAML, pictures, and the keys of machines. */
export const flatPaths = /^\/(\.well-known|oauth|api_keys)(\/|$)|^\/v1\/(images|saml|health|proxy-health)(\/|$)/;

/** Lists that some SDK versions read at the top level and others in `response`: they hold both. */
export const doubledOperations: ReadonlySet<OperationId> = new Set<OperationId>([
  'GetBillingPlanList',
  'GetUserPaymentAttempts',
  'GetUserPaymentAttempt',
]);
