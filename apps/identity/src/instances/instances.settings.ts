import { JsonObject } from '@latchkey/contracts';
import { z } from 'zod';

/**
 * Fills in a section and all of its fields when they are left out. What is said of a field here is what `npm run generate` writes into
 * docs/generated/instance-settings.md.
 */
const section = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).prefault({} as never);

/** What may be set about a kind of identifier, name or factor. */
const attribute = (
  meaning: string,
  defaults: { enabled: boolean; required: boolean; firstFactor: boolean; strategies: string[] },
) =>
  section({
    enabled: z.boolean().default(defaults.enabled).describe(`Users may have ${meaning}.`),
    required: z.boolean().default(defaults.required).describe('Nobody signs up without it.'),
    used_for_first_factor: z.boolean().default(defaults.firstFactor).describe('Signs in as a first factor.'),
    first_factors: z
      .array(z.string())
      .default(defaults.firstFactor ? defaults.strategies : [])
      .describe('The strategies for that.'),
    used_for_second_factor: z.boolean().default(false).describe('Signs in as a second factor.'),
    second_factors: z.array(z.string()).default([]).describe('The strategies for that.'),
    verifications: z.array(z.string()).default(defaults.strategies).describe('The strategies that prove it.'),
    verify_at_sign_up: z
      .boolean()
      .default(defaults.strategies.length > 0)
      .describe('A sign-up that has it is complete only once it is proved.'),
    immutable: z.boolean().default(false).describe('Users cannot change it afterwards.'),
  });

const off = { enabled: false, required: false, firstFactor: false, strategies: [] };
const flag = (enabled: boolean, meaning: string) =>
  section({ enabled: z.boolean().default(enabled).describe(meaning) });

/** Everything that an administrator may set about an instance. Names are those of the contract's environment. */
export const InstanceSettings = z
  .strictObject({
    display: section({
      application_name: z.string().default('My application').describe("The app's name, on pages and in mails."),
      home_url: z.string().default('').describe('Where the app begins.'),
      sign_in_url: z.string().default('').describe("The app's own page to sign in; empty is the account portal's."),
      sign_up_url: z.string().default('').describe("The app's own page to sign up; empty is the account portal's."),
      after_sign_in_url: z.string().default('').describe('Where the account portal leads after a sign-in.'),
      after_sign_up_url: z.string().default('').describe('Where the account portal leads after a sign-up.'),
      logo_image_url: z.string().default('').describe("The app's logo."),
      favicon_image_url: z.string().default('').describe("The app's icon."),
      support_email: z.string().nullable().default(null).describe('Whom users may write to.'),
      terms_url: z.string().nullable().default(null).describe('The terms that users are shown.'),
      privacy_policy_url: z.string().nullable().default(null).describe('The privacy policy that users are shown.'),
      clerk_js_version: z
        .string()
        .nullable()
        .default(null)
        .describe('The version of clerk-js that apps are told to load.'),
      development_origin: z
        .string()
        .default('')
        .describe('Development: where the app runs, for links that lead back to it.'),
      preferred_sign_in_strategy: z
        .enum(['password', 'otp'])
        .nullable()
        .default(null)
        .describe('Which first factor the UI opens first where passwords are required.'),
    }),
    attributes: section({
      email_address: attribute('addresses for mail', {
        enabled: true,
        required: true,
        firstFactor: true,
        strategies: ['email_code'],
      }),
      phone_number: attribute('phone numbers', { ...off, strategies: ['phone_code'] }),
      username: attribute('a username', off),
      web3_wallet: attribute('web3 wallets (not built yet)', off),
      first_name: attribute('a first name', { ...off, enabled: true }),
      last_name: attribute('a last name', { ...off, enabled: true }),
      password: attribute('a password', { ...off, enabled: true, required: true }),
      authenticator_app: attribute('an authenticator app', off),
      backup_code: attribute('backup codes', off),
      passkey: attribute('passkeys (not built yet)', off),
    }),
    sign_in: section({
      second_factor_required: z
        .boolean()
        .default(false)
        .describe('Users cannot give up the last of their second factors.'),
    }),
    sign_up: section({
      mode: z
        .enum(['public', 'restricted', 'waitlist'])
        .default('public')
        .describe('Who may sign up: everybody, those who are invited, or those whom a waitlist lets in.'),
      legal_consent_enabled: z.boolean().default(false).describe('Nobody signs up without consent to the terms.'),
      mfa_required: z
        .boolean()
        .default(false)
        .describe('A session of a user without a second factor is pending until one is set up.'),
      progressive: z.boolean().default(true).describe("Off, the UI's start form follows a rule of older versions."),
    }),
    password: section({
      min_length: z.int().min(8).max(72).default(8).describe('Shortest password.'),
      max_length: z.int().min(8).max(72).default(72).describe('Longest password.'),
      require_special_char: z.boolean().default(false).describe('A special character must be in it.'),
      require_numbers: z.boolean().default(false).describe('A digit must be in it.'),
      require_uppercase: z.boolean().default(false).describe('A capital letter must be in it.'),
      require_lowercase: z.boolean().default(false).describe('A small letter must be in it.'),
      show_zxcvbn: z.boolean().default(false).describe('The UI shows how strong it is.'),
      min_zxcvbn_strength: z.int().min(0).max(4).default(0).describe('Least strength, as zxcvbn tells it; 0 is any.'),
      disable_hibp: z.boolean().default(false).describe('New passwords may be on the list of leaked ones.'),
      enforce_hibp_on_sign_in: z
        .boolean()
        .default(true)
        .describe('A sign-in with a leaked password is refused, until it is reset.'),
    }),
    username: section({
      min_length: z.int().min(4).max(64).default(4).describe('Shortest username.'),
      max_length: z.int().min(4).max(64).default(64).describe('Longest username.'),
      allow_extended_special_characters: z.boolean().default(false).describe('More characters may be in it.'),
      allow_numeric_usernames: z.boolean().default(false).describe('It may be of digits alone.'),
    }),
    restrictions: section({
      allowlist: flag(false, 'Only identifiers on the allow-list get an account.'),
      blocklist: flag(false, 'Identifiers on the block-list get no account.'),
      allowlist_blocklist_disabled_on_sign_in: flag(
        true,
        'The lists are about who may get an account; off, they are about sign-ins, too.',
      ),
      block_email_subaddresses: flag(false, 'Addresses such as `ada+shop@example.com` get no account.'),
      block_disposable_email_domains: flag(false, 'Addresses of throw-away mailboxes get no account.'),
      ignore_dots_for_gmail_addresses: flag(
        true,
        'Where subaddresses are blocked: `a.da@gmail.com` is the mailbox `ada@gmail.com`.',
      ),
    }),
    attack_protection: section({
      user_lockout: section({
        enabled: z.boolean().default(true).describe('A user is locked after too many wrong tries.'),
        max_attempts: z.int().min(1).default(10).describe('How many are too many.'),
        duration_in_minutes: z
          .int()
          .min(0)
          .default(60)
          .describe('How long; 0 keeps them locked until an administrator unlocks them.'),
      }),
      email_link: section({
        require_same_client: z
          .boolean()
          .default(true)
          .describe(
            'Links work where they were asked for. Off, they work on any device, and whatever reads a mail (a scanner too) can let in whoever asked.',
          ),
      }),
      enumeration_protection: flag(false, 'No sign-in or sign-up tells whether there is such an account.'),
    }),
    actions: section({
      delete_self: z.boolean().default(true).describe('Users may delete their own account.'),
      create_organization: z.boolean().default(true).describe('New users may create organizations.'),
      create_organizations_limit: z
        .int()
        .min(1)
        .nullable()
        .default(null)
        .describe('How many organizations a new user may create; null is any number.'),
    }),
    sessions: section({
      single_session_mode: z.boolean().default(true).describe('A client holds one session at a time.'),
      maximum_lifetime: z.int().min(300).default(604_800).describe('Longest life of a session, in seconds.'),
      inactivity_timeout: z
        .int()
        .min(0)
        .default(0)
        .describe("Longest pause in a session's use, in seconds; 0 is no limit."),
      token_lifetime: z.int().min(30).max(3600).default(60).describe('Life of a session token, in seconds.'),
      claims: JsonObject.default({}).describe('Claims that are added to the session token; shortcodes are filled in.'),
      reverification: z.boolean().default(true).describe('Sensitive changes ask for a fresh proof of who somebody is.'),
    }),
    organizations: section({
      enabled: z.boolean().default(false).describe('There are organizations.'),
      max_allowed_memberships: z
        .int()
        .min(0)
        .default(5)
        .describe('Most members of a new organization; 0 is any number.'),
      force_organization_selection: z
        .boolean()
        .default(false)
        .describe('A session is pending until its user has chosen an organization.'),
      admin_delete: z.boolean().default(true).describe('Administrators may delete new organizations.'),
      slug_disabled: z.boolean().default(false).describe('Organizations have no slugs.'),
      creation_defaults: section({
        enabled: z
          .boolean()
          .default(false)
          .describe(
            'The components ask what the form for a new organization may begin with; whoever asks is answered either way.',
          ),
      }),
      creator_role: z.string().default('org:admin').describe('The role of who creates an organization.'),
      domains: section({
        enabled: z.boolean().default(false).describe('Organizations may claim domains of mail addresses.'),
        enrollment_modes: z
          .array(z.enum(['manual_invitation', 'automatic_invitation', 'automatic_suggestion']))
          .default(['manual_invitation'])
          .describe('The ways in which a domain may bring members.'),
        default_role: z.string().default('org:member').describe('The role of members whom a domain brings.'),
      }),
    }),
    communication: section({
      from_email_address: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
        .nullable()
        .default(null)
        .describe("Part before the @ of the address that mail is sent from; null is the sender's own."),
      blocked_country_codes: z
        .array(z.string().regex(/^[A-Z]{2}$/))
        .default([])
        .describe('Countries (ISO 3166-1 alpha-2) to which no SMS is sent.'),
    }),
    test_mode: z
      .boolean()
      .optional()
      .describe('Test addresses and the code 424242 work; left out, in development only.'),
    allowed_origins: z
      .array(z.string())
      .default([])
      .describe("More origins that may call FAPI, and hosts of the app's own."),
  })
  .prefault({});

/** An instance's settings, complete. */
export type InstanceSettings = z.output<typeof InstanceSettings>;
