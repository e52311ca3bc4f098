import { JsonObject } from '@latchkey/contracts';
import { z } from 'zod';

/** Fills in a section and all of its fields when they are left out. */
const section = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).prefault({} as never);

const attribute = (defaults: { enabled: boolean; required: boolean; firstFactor: boolean; strategies: string[] }) =>
  section({
    enabled: z.boolean().default(defaults.enabled),
    required: z.boolean().default(defaults.required),
    used_for_first_factor: z.boolean().default(defaults.firstFactor),
    first_factors: z.array(z.string()).default(defaults.firstFactor ? defaults.strategies : []),
    used_for_second_factor: z.boolean().default(false),
    second_factors: z.array(z.string()).default([]),
    verifications: z.array(z.string()).default(defaults.strategies),
    verify_at_sign_up: z.boolean().default(defaults.strategies.length > 0),
    immutable: z.boolean().default(false),
  });

const off = { enabled: false, required: false, firstFactor: false, strategies: [] };
const flag = (enabled: boolean) => section({ enabled: z.boolean().default(enabled) });

/** Everything that an administrator may set about an instance. Names are those of the contract's environment. */
export const InstanceSettings = z
  .strictObject({
    display: section({
      application_name: z.string().default('My application'),
      home_url: z.string().default(''),
      sign_in_url: z.string().default(''),
      sign_up_url: z.string().default(''),
      after_sign_in_url: z.string().default(''),
      after_sign_up_url: z.string().default(''),
      logo_image_url: z.string().default(''),
      favicon_image_url: z.string().default(''),
      support_email: z.string().nullable().default(null),
      terms_url: z.string().nullable().default(null),
      privacy_policy_url: z.string().nullable().default(null),
      /** The version of clerk-js that apps are told to load. */
      clerk_js_version: z.string().nullable().default(null),
      /** Development: where the app runs, for links that lead back to it. */
      development_origin: z.string().default(''),
      /** Which first factor the UI opens first where passwords are required. */
      preferred_sign_in_strategy: z.enum(['password', 'otp']).nullable().default(null),
    }),
    attributes: section({
      email_address: attribute({ enabled: true, required: true, firstFactor: true, strategies: ['email_code'] }),
      phone_number: attribute({ ...off, strategies: ['phone_code'] }),
      username: attribute(off),
      web3_wallet: attribute(off),
      first_name: attribute({ ...off, enabled: true }),
      last_name: attribute({ ...off, enabled: true }),
      password: attribute({ ...off, enabled: true, required: true }),
      authenticator_app: attribute(off),
      backup_code: attribute(off),
      passkey: attribute(off),
    }),
    sign_in: section({ second_factor_required: z.boolean().default(false) }),
    sign_up: section({
      mode: z.enum(['public', 'restricted', 'waitlist']).default('public'),
      legal_consent_enabled: z.boolean().default(false),
      mfa_required: z.boolean().default(false),
      /** Off, the UI's start form follows a rule of older versions. */
      progressive: z.boolean().default(true),
    }),
    password: section({
      min_length: z.int().min(8).max(72).default(8),
      max_length: z.int().min(8).max(72).default(72),
      require_special_char: z.boolean().default(false),
      require_numbers: z.boolean().default(false),
      require_uppercase: z.boolean().default(false),
      require_lowercase: z.boolean().default(false),
      show_zxcvbn: z.boolean().default(false),
      min_zxcvbn_strength: z.int().min(0).max(4).default(0),
      disable_hibp: z.boolean().default(false),
      enforce_hibp_on_sign_in: z.boolean().default(true),
    }),
    username: section({
      min_length: z.int().min(4).max(64).default(4),
      max_length: z.int().min(4).max(64).default(64),
      allow_extended_special_characters: z.boolean().default(false),
      allow_numeric_usernames: z.boolean().default(false),
    }),
    restrictions: section({
      allowlist: flag(false),
      blocklist: flag(false),
      /** On for new instances: the lists are about who may get an account. */
      allowlist_blocklist_disabled_on_sign_in: flag(true),
      block_email_subaddresses: flag(false),
      block_disposable_email_domains: flag(false),
      /** Where subaddresses are blocked: `a.da@gmail.com` is the mailbox `ada@gmail.com`. */
      ignore_dots_for_gmail_addresses: flag(true),
    }),
    attack_protection: section({
      user_lockout: section({
        enabled: z.boolean().default(true),
        max_attempts: z.int().min(1).default(10),
        /** 0 keeps a locked user locked until an administrator unlocks them. */
        duration_in_minutes: z.int().min(0).default(60),
      }),
      /** Off, links work on any device, and whatever reads a mail (a scanner too) can let in whoever asked for the link. */
      email_link: section({ require_same_client: z.boolean().default(true) }),
      enumeration_protection: flag(false),
    }),
    actions: section({
      delete_self: z.boolean().default(true),
      create_organization: z.boolean().default(true),
      create_organizations_limit: z.int().min(1).nullable().default(null),
    }),
    sessions: section({
      /** A client holds one session at a time. */
      single_session_mode: z.boolean().default(true),
      /** Longest life of a session, in seconds. */
      maximum_lifetime: z.int().min(300).default(604_800),
      /** Longest pause in a session's use, in seconds; 0 is no limit. */
      inactivity_timeout: z.int().min(0).default(0),
      /** Life of a session token, in seconds. */
      token_lifetime: z.int().min(30).max(3600).default(60),
      /** Claims that are added to the session token; shortcodes are filled in. */
      claims: JsonObject.default({}),
      reverification: z.boolean().default(true),
    }),
    organizations: section({
      enabled: z.boolean().default(false),
      max_allowed_memberships: z.int().min(0).default(5),
      force_organization_selection: z.boolean().default(false),
      admin_delete: z.boolean().default(true),
      slug_disabled: z.boolean().default(false),
      /** The components ask what the form for a new organization may begin with; whoever asks is answered either way. */
      creation_defaults: section({ enabled: z.boolean().default(false) }),
      creator_role: z.string().default('org:admin'),
      domains: section({
        enabled: z.boolean().default(false),
        enrollment_modes: z
          .array(z.enum(['manual_invitation', 'automatic_invitation', 'automatic_suggestion']))
          .default(['manual_invitation']),
        default_role: z.string().default('org:member'),
      }),
    }),
    communication: section({
      /** Part before the @ of the address that mail is sent from; null is the sender's own. */
      from_email_address: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
        .nullable()
        .default(null),
      /** Countries (ISO 3166-1 alpha-2) to which no SMS is sent. */
      blocked_country_codes: z.array(z.string().regex(/^[A-Z]{2}$/)).default([]),
    }),
    /** Test addresses and the code 424242 work. */
    test_mode: z.boolean().optional(),
    /** More origins that may call FAPI, and hosts of the app's own. */
    allowed_origins: z.array(z.string()).default([]),
  })
  .prefault({});

/** An instance's settings, complete. */
export type InstanceSettings = z.output<typeof InstanceSettings>;
