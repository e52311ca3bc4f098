/**
 * An answer, or part of one, that the SDKs need although the published documents lack or contradict it.
 *
 * @typedef {object} Exception
 * @property {'fapi' | 'bapi' | 'webhooks'} api
 * @property {string | string[]} operation ids or event types; `*` for all
 * @property {string} problem what the check says of it, `*` standing for any text
 * @property {object} [value] the JSON Schema that the value must fit all the same; `spec#` begins a reference into the document.
 *   A status has none: the body of an undocumented refusal must be the envelope of errors in any case
 * @property {string} reason
 */

const TEXT = { type: ['string', 'null'] };
const BOOLEAN = { type: 'boolean' };
const MOMENT = { type: 'integer', minimum: 1_000_000_000_000 };
const NULL = { type: 'null' };
const SMS = { enum: ['sms'] };
const flags = (/** @type {string[]} */ ...names) => ({
  type: 'object',
  required: names,
  additionalProperties: false,
  properties: Object.fromEntries(names.map((name) => [name, BOOLEAN])),
});
const TASKS = {
  type: 'array',
  items: {
    type: 'object',
    required: ['key'],
    additionalProperties: false,
    properties: { key: { enum: ['choose-organization', 'reset-password', 'setup-mfa'] } },
  },
};
const model = (/** @type {string} */ name) => ({ $ref: `spec#/components/schemas/${name}` });

/**
 * @param {Exception['api']} api
 * @param {Exception['operation']} operation
 * @param {string} path of a field, `*` standing for any text
 * @param {object} value
 * @param {string} reason
 * @returns {Exception}
 */
const field = (api, operation, path, value, reason) => ({
  api,
  operation,
  problem: `${path} is not in the document`,
  value,
  reason,
});

/**
 * @param {Exception['api']} api
 * @param {Exception['operation']} operation
 * @param {number} code
 * @param {string} reason
 * @returns {Exception}
 */
const status = (api, operation, code, reason) => ({
  api,
  operation,
  problem: `status ${code} is not documented`,
  reason,
});

const REVERIFICATIONS = [
  'startSessionReverification',
  'prepareSessionReverificationFirstFactor',
  'attemptSessionReverificationFirstFactor',
  'prepareSessionReverificationSecondFactor',
  'attemptSessionReverificationSecondFactor',
];
const WHOLE_SESSION = 'clerk-js makes a whole session of it, user and public data included';
const TOKENS = ['createSessionToken', 'createSessionTokenWithTemplate'];
const ENVIRONMENT = ['getEnvironment', 'updateEnvironment'];
const READS_DEFAULTS = 'OrganizationCreationDefaultsJSON of @clerk/shared, which clerk-js reads';
const READS_ENVIRONMENT = 'clerk-js reads more of the environment than the document holds (compat/fapi-environment.md)';
const PAGES = [
  'GetClientList',
  'GetSessionList',
  'ListJWTTemplates',
  'ListRedirectURLs',
  'ListInvitations',
  'ListAllowlistIdentifiers',
];
const SESSION_EVENTS = ['session.created', 'session.pending'];
const INVITATION_EVENTS = [
  'organizationInvitation.created',
  'organizationInvitation.accepted',
  'organizationInvitation.revoked',
];
const WRONG_PARAMETER = 'what is wrong with a parameter has this status everywhere else';
const CHANNEL = 'clerk-js shows by which channel a code was sent';
const TIMEZONE = '@clerk/backend 3.25 sends it at creation and reads it from users';
const LOCALE = 'clerk-js reads it from users and sign-ups';
/** clerk-js needs `next_action` before anything was sent, and must not see a strategy then; the document knows sent codes only. */
const UNSENT = 'an address that nothing was sent to says what to do next, but no strategy';

/** @type {Exception[]} */
export const exceptions = [
  // What clerk-js reads beside every answer.
  field(
    'fapi',
    '*',
    '/client',
    { anyOf: [model('Client.Client'), NULL] },
    'clerk-js learns from a refusal, too, what it has changed about the client: it reads `client` there',
  ),
  {
    api: 'fapi',
    operation: '*',
    problem: '/client must be object',
    value: NULL,
    reason: 'a read changes no client: null leaves the one that clerk-js has',
  },

  // Refusals that any operation may meet.
  ...['fapi', 'bapi'].flatMap((name) => {
    const api = /** @type {'fapi' | 'bapi'} */ (name);
    return [
      status(api, '*', 401, 'any operation may meet a caller who is signed out, or a wrong key'),
      status(api, '*', 404, 'any operation on an object may meet one that is not there'),
      status(api, '*', 429, 'limits hold for every operation'),
      status(api, '*', 503, 'any operation may meet a database that is away'),
    ];
  }),
  status('fapi', 'sendVerificationEmail', 400, 'verification_already_verified has this status, as for phone numbers'),
  status('fapi', 'UpdatePhoneNumber', 422, 'form_disable_default_second_factor_not_allowed has this status'),
  status('fapi', 'updateProfileImage', 413, 'image_too_large has this status'),
  status('fapi', 'acceptTicket', 422, 'a link without its ticket lacks a parameter'),
  status(
    'fapi',
    'acceptOrganizationInvitation',
    400,
    'the documented codes of an invitation that was accepted or revoked before have this status',
  ),
  status(
    'bapi',
    [
      'UsersBan',
      'UpdateEmailAddress',
      'CreateSessionToken',
      'CreateSessionTokenFromTemplate',
      'UsersGetOrganizationMemberships',
      'UsersGetOrganizationInvitations',
      'ListPendingOrganizationInvitations',
    ],
    422,
    WRONG_PARAMETER,
  ),
  status('fapi', 'ListOrganizationRoles', 422, WRONG_PARAMETER),
  status(
    'fapi',
    'getUsersOrganizationInvitations',
    403,
    'organization_not_enabled_in_instance has this status, and holds for all that is about organizations',
  ),
  status(
    'bapi',
    ['UpdateOrganizationMembership', 'DeleteOrganizationMembership'],
    400,
    'organization_minimum_permissions_needed has this status, and is documented for both APIs',
  ),

  // Users.
  field('fapi', '*', '*user/locale', TEXT, LOCALE),
  field('fapi', '*', '*user/timezone', TEXT, TIMEZONE),
  ...['getUser', 'patchUser', 'patchUserMetadata', 'changePassword', 'removePassword'].flatMap((operation) => [
    field('fapi', operation, '/response/locale', TEXT, LOCALE),
    field('fapi', operation, '/response/timezone', TEXT, TIMEZONE),
  ]),
  field('bapi', '*', '/timezone', TEXT, TIMEZONE),
  field('bapi', ['GetUserList', 'UsersBan', 'UsersUnban'], '/*/timezone', TEXT, TIMEZONE),
  field('webhooks', ['user.created', 'user.updated'], '/data/timezone', TEXT, TIMEZONE),
  field('webhooks', '*', '/data/user/timezone', TEXT, TIMEZONE),

  // Sessions.
  field('fapi', TOKENS, '/object', { const: 'token' }, 'clerk-js makes a token of it, whose type it names'),
  field(
    'fapi',
    '*',
    '*/tasks',
    { anyOf: [TASKS, NULL] },
    'clerk-js reads the tasks of a pending session, also where the document lists sessions without',
  ),
  field(
    'fapi',
    ['getSessions', ...REVERIFICATIONS],
    '*/factor_verification_age',
    { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 },
    'clerk-js reads it for reverification',
  ),
  field(
    'fapi',
    ['getSessions', ...REVERIFICATIONS],
    '*/last_active_organization_id',
    TEXT,
    'clerk-js reads the active organization from it',
  ),
  ...['getUsersSessions', 'revokeSession'].map((operation) =>
    field(
      'fapi',
      operation,
      '*/latest_activity',
      model('Client.SessionActivity'),
      'the profile shows the device of a session from it',
    ),
  ),
  field('fapi', REVERIFICATIONS, '/response/session/user', model('Client.User'), WHOLE_SESSION),
  field('fapi', REVERIFICATIONS, '/response/session/public_user_data', model('Client.PublicUserData'), WHOLE_SESSION),
  field('fapi', REVERIFICATIONS, '/response/session/created_at', MOMENT, WHOLE_SESSION),
  field('fapi', REVERIFICATIONS, '/response/session/updated_at', MOMENT, WHOLE_SESSION),
  {
    api: 'webhooks',
    operation: SESSION_EVENTS,
    problem: '/data/status must be equal to one of the allowed values *',
    value: { const: 'pending' },
    reason: 'there is an event session.pending, whose status the document forgets',
  },
  field('webhooks', SESSION_EVENTS, '/data/tasks', TASKS, 'they say why a session is pending; BAPI has them'),

  // Verifications, sign-ins, sign-ups.
  field('fapi', '*', '*/verification/channel', SMS, CHANNEL),
  field('fapi', '*', '*/first_factor_verification/channel', SMS, CHANNEL),
  field('fapi', '*', '*/second_factor_verification/channel', SMS, CHANNEL),
  field('fapi', '*', '*/verifications/phone_number/channel', SMS, CHANNEL),
  ...['email_address', 'phone_number'].flatMap((name) => {
    const proof = `*/verifications/${name}`;
    return /** @type {Exception[]} */ ([
      { api: 'fapi', operation: '*', problem: `${proof}/strategy must *`, value: { const: '' }, reason: UNSENT },
      { api: 'fapi', operation: '*', problem: `${proof}/expire_at must *`, value: NULL, reason: UNSENT },
      {
        api: 'fapi',
        operation: '*',
        problem: `${proof}/object must *`,
        value: { const: 'verification_otp' },
        reason: UNSENT,
      },
    ]);
  }),
  ...['/response', '/client/sign_up'].flatMap((path) => [
    field('fapi', signUpsAt(path), `${path}/external_account`, NULL, 'clerk-js reads it from sign-ups'),
    field('fapi', signUpsAt(path), `${path}/external_account_strategy`, NULL, 'clerk-js reads it from sign-ups'),
    field('fapi', signUpsAt(path), `${path}/locale`, TEXT, LOCALE),
    field(
      'fapi',
      signUpsAt(path),
      `${path}/has_password`,
      BOOLEAN,
      'clerk-js reads has_password, the document password_enabled; both are sent',
    ),
  ]),
  {
    api: 'bapi',
    operation: ['GetSignUp', 'UpdateSignUp'],
    problem: '/external_account must be object',
    value: NULL,
    reason: "a sign-up without one has none: @clerk/backend's type has null there, as the document has for FAPI",
  },

  // Lists and the instance.
  {
    api: 'bapi',
    operation: PAGES,
    problem: '/ must be array',
    value: {
      type: 'object',
      required: ['data', 'total_count'],
      additionalProperties: false,
      properties: { data: { type: 'array' }, total_count: { type: 'integer' } },
    },
    reason: '@clerk/backend asks for `paginated=true` and reads {data, total_count}',
  },
  field(
    'bapi',
    'UpdateInstanceRestrictions',
    '/ignore_dots_for_gmail_addresses',
    BOOLEAN,
    '@clerk/backend sends it and reads it',
  ),
  ...[
    field('fapi', ENVIRONMENT, '/object', { const: 'environment' }, READS_ENVIRONMENT),
    field('fapi', ENVIRONMENT, '/id', { type: 'string' }, READS_ENVIRONMENT),
    field('fapi', ENVIRONMENT, '/auth_config/preferred_channels', { type: 'object' }, READS_ENVIRONMENT),
    field('fapi', ENVIRONMENT, '/auth_config/session_minter', BOOLEAN, READS_ENVIRONMENT),
    field('fapi', ENVIRONMENT, '/organization_settings/force_organization_selection', BOOLEAN, READS_ENVIRONMENT),
    field(
      'fapi',
      ENVIRONMENT,
      '/organization_settings/organization_creation_defaults',
      flags('enabled'),
      READS_ENVIRONMENT,
    ),
    ...['/response/form/slug', '/response/advisory/code', '/response/advisory/severity'].map((path) =>
      field('fapi', ['getOrganizationCreationDefaults'], path, { type: 'string' }, READS_DEFAULTS),
    ),
    field('fapi', ['getOrganizationCreationDefaults'], '/response/advisory/meta', { type: 'object' }, READS_DEFAULTS),
    field('fapi', ['getOrganizationCreationDefaults'], '/response/form/blur_hash', {}, READS_DEFAULTS),
    field('fapi', ENVIRONMENT, '/protect_config/id', { type: 'string' }, READS_ENVIRONMENT),
    field('fapi', ENVIRONMENT, '/protect_config/object', { const: 'protect_config' }, READS_ENVIRONMENT),
    field('fapi', ENVIRONMENT, '/user_settings/attributes/*/name', { type: 'string' }, READS_ENVIRONMENT),
    field(
      'fapi',
      ENVIRONMENT,
      '/user_settings/restrictions/ignore_dots_for_gmail_addresses',
      flags('enabled'),
      READS_ENVIRONMENT,
    ),
    field('fapi', ENVIRONMENT, '/user_settings/sign_in/second_factor/enabled', BOOLEAN, READS_ENVIRONMENT),
    field('fapi', ENVIRONMENT, '/user_settings/sign_up/allowlist_only', BOOLEAN, READS_ENVIRONMENT),
    field('fapi', ENVIRONMENT, '/user_settings/sign_up/mfa', flags('required'), READS_ENVIRONMENT),
  ],

  // Organizations.
  field(
    'fapi',
    '*',
    '*verification/expires_at',
    { type: ['integer', 'null'] },
    'clerk-js reads expires_at of a domain, the document expire_at; both are sent',
  ),
  {
    api: 'fapi',
    operation: 'deleteOrganizationLogo',
    problem: '/response*',
    reason: 'clerk-js makes an organization of the answer, where the document has a deleted object; it is both',
  },
  field(
    'webhooks',
    INVITATION_EVENTS,
    '/data/public_organization_data',
    model('OrganizationInvitationPublicOrganizationData'),
    "the SDK's type of an invitation's events has it",
  ),
];

/**
 * The operations in whose answers a sign-up stands at a path; beside an answer it may stand anywhere.
 *
 * @param {string} path
 */
function signUpsAt(path) {
  return path === '/client/sign_up'
    ? '*'
    : ['createSignUps', 'prepareSignUpsVerification', 'attemptSignUpsVerification', 'updateSignUps', 'getSignUps'];
}
