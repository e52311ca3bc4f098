/** clerk-js needs `next_action` before anything was sent, and must not see a strategy then; the document knows sent codes only. */
const UNSENT = 'an address that nothing was sent to says what to do next, but no strategy';

const TIMEZONE = '@clerk/backend 3.25 sends it at creation and reads it from users';

/** The check names each unknown field as well, so this says nothing of its own. */
const NAMED_APART = 'every field that the document lacks is named by a problem of its own';

/**
 * Answers that the SDKs need although the published documents lack or contradict them, each with its reason. `problem` is what the
 * check says of the answer, `*` standing for any text; `operation` an id, or `*`.
 *
 * @type {{ api: 'fapi' | 'bapi' | 'webhooks', operation: string, problem: string, reason: string }[]}
 */
export const exceptions = [
  {
    api: 'fapi',
    operation: '*',
    problem: '/client is not in the document',
    reason:
      'clerk-js learns from a refusal, too, what it has changed about the client: it reads `client` and `meta.client` there',
  },
  ...['createSessionToken', 'createSessionTokenWithTemplate'].map((operation) => ({
    api: /** @type {const} */ ('fapi'),
    operation,
    problem: '/object is not in the document',
    reason: 'clerk-js makes a token of it, whose type it names',
  })),
  ...[
    'startSessionReverification',
    'prepareSessionReverificationFirstFactor',
    'attemptSessionReverificationFirstFactor',
    'prepareSessionReverificationSecondFactor',
    'attemptSessionReverificationSecondFactor',
  ].map((operation) => ({
    api: /** @type {const} */ ('fapi'),
    operation,
    problem: '/response/session/* is not in the document',
    reason: 'clerk-js makes a whole session of it, user and public data included',
  })),
  ...['GetClientList', 'GetSessionList', 'ListJWTTemplates', 'ListRedirectURLs'].map((operation) => ({
    api: /** @type {const} */ ('bapi'),
    operation,
    problem: '/ must be array',
    reason: '@clerk/backend asks for `paginated=true` and reads {data, total_count}',
  })),
  ...['CreateSessionToken', 'CreateSessionTokenFromTemplate'].map((operation) => ({
    api: /** @type {const} */ ('bapi'),
    operation,
    problem: 'status 422 is not documented',
    reason: 'a life outside of the documented bounds is a problem of a parameter',
  })),
  {
    api: 'fapi',
    operation: '*',
    problem: '*/has_password is not in the document',
    reason: 'clerk-js reads has_password, the document password_enabled; both are sent',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: '*/enterprise_accounts is not in the document',
    reason: 'clerk-js reads enterprise_accounts, the document saml_accounts; both are sent',
  },
  { api: 'fapi', operation: '*', problem: '*/timezone is not in the document', reason: 'newer SDKs send and read it' },
  {
    api: 'fapi',
    operation: '*',
    problem: '*/tasks is not in the document',
    reason: 'clerk-js reads the tasks of a pending session',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: '*/factor_verification_age is not in the document',
    reason: 'clerk-js reads it for reverification',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: '*/last_active_organization_id is not in the document',
    reason: 'clerk-js reads the active organization from it',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: 'status 401 is not documented',
    reason: 'any operation may meet a caller who is signed out',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: 'status 404 is not documented',
    reason: 'any operation on an object may meet one that is not there',
  },
  { api: 'fapi', operation: '*', problem: 'status 429 is not documented', reason: 'limits hold for every operation' },
  {
    api: 'bapi',
    operation: '*',
    problem: 'status 401 is not documented',
    reason: 'any operation may meet a wrong key',
  },
  {
    api: 'bapi',
    operation: '*',
    problem: 'status 404 is not documented',
    reason: 'any operation on an object may meet one that is not there',
  },
  { api: 'bapi', operation: '*', problem: 'status 429 is not documented', reason: 'limits hold for every operation' },
  { api: 'fapi', operation: '*', problem: '*/verifications/email_address *', reason: UNSENT },
  { api: 'fapi', operation: '*', problem: '*/verifications/email_address/*', reason: UNSENT },
  { api: 'fapi', operation: '*', problem: '*/verifications/phone_number *', reason: UNSENT },
  { api: 'fapi', operation: '*', problem: '*/verifications/phone_number/*', reason: UNSENT },
  {
    api: 'fapi',
    operation: '*',
    problem: '*/external_account is not in the document',
    reason: 'clerk-js reads it from sign-ups',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: '*/external_account_strategy is not in the document',
    reason: 'clerk-js reads it from sign-ups',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: '*/locale is not in the document',
    reason: 'clerk-js reads it from users and sign-ups',
  },
  { api: 'bapi', operation: '*', problem: '*/timezone is not in the document', reason: TIMEZONE },
  { api: 'bapi', operation: '*', problem: '*must NOT have additional properties', reason: NAMED_APART },
  { api: 'webhooks', operation: '*', problem: '*/timezone is not in the document', reason: TIMEZONE },
  { api: 'webhooks', operation: '*', problem: '*must NOT have additional properties', reason: NAMED_APART },
  {
    api: 'fapi',
    operation: '*',
    problem: '*verification/expires_at is not in the document',
    reason: 'clerk-js reads expires_at of a domain, the document expire_at; both are sent',
  },
  { api: 'fapi', operation: '*', problem: '*verification must NOT have *', reason: NAMED_APART },
  {
    api: 'fapi',
    operation: 'deleteOrganizationLogo',
    problem: '/response*',
    reason: 'clerk-js makes an organization of the answer, where the document has a deleted object; it is both',
  },
  {
    api: 'fapi',
    operation: 'acceptOrganizationInvitation',
    problem: 'status 400 is not documented',
    reason: 'the documented codes of an invitation that was accepted or revoked before have this status',
  },
  ...['UpdateOrganizationMembership', 'DeleteOrganizationMembership'].map((operation) => ({
    api: /** @type {const} */ ('bapi'),
    operation,
    problem: 'status 400 is not documented',
    reason: 'organization_minimum_permissions_needed has this status, and is documented for both APIs',
  })),
  {
    api: 'webhooks',
    operation: '*',
    problem: '/data/public_organization_data is not in the document',
    reason: "the SDK's type of an invitation's events has it",
  },
  {
    api: 'bapi',
    operation: 'UpdateInstanceRestrictions',
    problem: '/ignore_dots_for_gmail_addresses is not in the document',
    reason: '@clerk/backend sends it and reads it',
  },
  ...['fapi', 'bapi'].map((api) => ({
    api: /** @type {'fapi' | 'bapi'} */ (api),
    operation: '*',
    problem: 'status 503 is not documented',
    reason: 'any operation may meet a database that is away',
  })),
  ...['getEnvironment', 'updateEnvironment'].flatMap((operation) =>
    ['must NOT have additional properties', 'is not in the document'].map((problem) => ({
      api: /** @type {const} */ ('fapi'),
      operation,
      problem: `*${problem}`,
      reason:
        'clerk-js reads more of the environment than the document holds (compat/fapi-environment.md); all of it is sent',
    })),
  ),
  {
    api: 'fapi',
    operation: '*',
    problem: '*/latest_activity is not in the document',
    reason: 'the profile shows the device of a session from it',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: '*second_factor_verification/channel is not in the document',
    reason: 'clerk-js shows by which channel a code was sent',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: '/client must be object',
    reason: 'a read changes no client: null leaves the one that clerk-js has',
  },
  {
    api: 'fapi',
    operation: '*',
    problem: '*verification/channel is not in the document',
    reason: 'clerk-js shows by which channel a code was sent',
  },
];
