import type { PublicEventType } from '@latchkey/contracts';

/** A moment that all examples share. */
const AT = 1_767_225_600_000;
const times = { created_at: AT, updated_at: AT };
const image = { image_url: 'https://images.example.com/ada.png', has_image: true };

const emailAddress = {
  id: 'idn_example',
  object: 'email_address',
  email_address: 'ada@example.com',
  reserved: false,
  verification: {
    object: 'verification_otp',
    status: 'verified',
    strategy: 'email_code',
    attempts: 1,
    expire_at: AT + 600_000,
  },
  linked_to: [],
  matches_sso_connection: false,
  ...times,
};

const user = {
  id: 'user_example',
  object: 'user',
  external_id: null,
  username: null,
  first_name: 'Ada',
  last_name: 'Byron',
  locale: 'en-GB',
  profile_image_url: image.image_url,
  ...image,
  primary_email_address_id: emailAddress.id,
  primary_phone_number_id: null,
  primary_web3_wallet_id: null,
  email_addresses: [emailAddress],
  phone_numbers: [],
  web3_wallets: [],
  passkeys: [],
  external_accounts: [],
  saml_accounts: [],
  enterprise_accounts: [],
  password_enabled: true,
  two_factor_enabled: false,
  totp_enabled: false,
  backup_code_enabled: false,
  mfa_enabled_at: null,
  mfa_disabled_at: null,
  public_metadata: {},
  private_metadata: {},
  unsafe_metadata: {},
  last_sign_in_at: AT,
  last_active_at: AT,
  legal_accepted_at: null,
  banned: false,
  locked: false,
  lockout_expires_in_seconds: null,
  verification_attempts_remaining: 100,
  delete_self_enabled: true,
  create_organization_enabled: true,
  ...times,
};

const session = (status: string) => ({
  object: 'session',
  id: 'sess_example',
  user_id: user.id,
  client_id: 'client_example',
  actor: null,
  status,
  last_active_organization_id: null,
  last_active_at: AT,
  latest_activity: null,
  expire_at: AT + 7 * 86_400_000,
  abandon_at: AT + 30 * 86_400_000,
  user,
  ...times,
});

const organization = {
  object: 'organization',
  id: 'org_example',
  name: 'Analytical Engines',
  slug: 'analytical-engines',
  image_url: 'https://images.example.com/engines.png',
  has_image: true,
  members_count: 1,
  pending_invitations_count: 0,
  max_allowed_memberships: 5,
  missing_member_with_elevated_permissions: false,
  admin_delete_enabled: true,
  public_metadata: {},
  private_metadata: {},
  created_by: user.id,
  role_set_key: 'role_set:default',
  ...times,
};

const membership = {
  object: 'organization_membership',
  id: 'orgmem_example',
  role: 'org:admin',
  role_name: 'Admin',
  permissions: ['org:sys_profile:manage', 'org:sys_memberships:read'],
  public_metadata: {},
  private_metadata: {},
  organization,
  public_user_data: {
    user_id: user.id,
    first_name: user.first_name,
    last_name: user.last_name,
    profile_image_url: image.image_url,
    ...image,
    identifier: emailAddress.email_address,
    username: null,
    banned: false,
  },
  ...times,
};

const invitation = (status: string) => ({
  object: 'organization_invitation',
  id: 'orginv_example',
  email_address: 'grace@example.com',
  role: 'org:member',
  role_name: 'Member',
  organization_id: organization.id,
  inviter_id: user.id,
  public_inviter_data: {
    user_id: user.id,
    first_name: user.first_name,
    last_name: user.last_name,
    ...image,
    identifier: emailAddress.email_address,
  },
  public_organization_data: {
    id: organization.id,
    name: organization.name,
    slug: organization.slug,
    image_url: organization.image_url,
    has_image: true,
  },
  status,
  public_metadata: {},
  private_metadata: {},
  url: status === 'pending' ? 'https://accounts.example.com/accept' : null,
  expires_at: AT + 30 * 86_400_000,
  ...times,
});

const domain = (isVerified: boolean) => ({
  object: 'organization_domain',
  id: 'orgdmn_example',
  organization_id: organization.id,
  name: 'example.com',
  enrollment_mode: isVerified ? 'automatic_suggestion' : 'manual_invitation',
  affiliation_email_address: isVerified ? emailAddress.email_address : null,
  affiliation_verification: isVerified ? domainVerification : null,
  ownership_verification: null,
  verification: isVerified ? domainVerification : null,
  total_pending_invitations: 0,
  total_pending_suggestions: 0,
  ...times,
});
const domainVerification = {
  status: 'verified',
  strategy: 'affiliation_email_code',
  attempts: 1,
  expire_at: AT,
  verified_at: AT,
};

const permission = {
  object: 'permission',
  id: 'perm_example',
  name: 'Read reports',
  key: 'org:reports:read',
  description: 'May read reports',
  type: 'user',
  ...times,
};

const role = {
  object: 'role',
  id: 'role_example',
  name: 'Analyst',
  key: 'org:analyst',
  description: 'Works with reports',
  is_creator_eligible: false,
  permissions: [permission],
  ...times,
};

const deleted = (object: string, id: string) => ({ object, id, deleted: true });

const email = {
  object: 'email',
  id: 'ema_example',
  slug: 'verification_code',
  from_email_name: 'notifications',
  reply_to_email_name: null,
  to_email_address: emailAddress.email_address,
  email_address_id: emailAddress.id,
  user_id: user.id,
  subject: '123456 is your verification code',
  body: '<p>Your verification code is <b>123456</b>.</p>',
  body_plain: 'Your verification code is 123456.',
  status: 'queued',
  data: { otp_code: '123456', app: { name: 'Analytical Engines', url: 'https://example.com' } },
  delivered_by_clerk: true,
};

const sms = {
  object: 'sms_message',
  id: 'sms_example',
  slug: 'verification_code',
  from_phone_number: '+15555550101',
  to_phone_number: '+15555550100',
  phone_number_id: 'idn_phone_example',
  user_id: user.id,
  message: '123456 is your verification code',
  status: 'queued',
  data: { otp_code: '123456' },
  delivered_by_clerk: true,
  created_at_ms: AT,
};

const waitlistEntry = (status: string) => ({
  object: 'waitlist_entry',
  id: 'wle_example',
  email_address: 'grace@example.com',
  status,
  is_locked: false,
  invitation: null,
  ...times,
});

const plan = { id: 'cplan_example', slug: 'pro', name: 'Pro', is_recurring: true, amount: 2000, currency: 'usd' };
const payer = {
  object: 'commerce_payer',
  id: 'cpayer_example',
  user_id: user.id,
  first_name: user.first_name,
  last_name: user.last_name,
  email: emailAddress.email_address,
  organization_id: '',
  organization_name: '',
  image_url: image.image_url,
  ...times,
};

const subscriptionItem = (status: string, isFreeTrial = false) => ({
  object: 'commerce_subscription_item',
  id: 'csub_item_example',
  subscription_id: 'csub_example',
  status,
  is_free_trial: isFreeTrial,
  interval: 'month',
  period_start: AT,
  period_end: AT + 30 * 86_400_000,
  plan_id: plan.id,
  plan,
  payer,
  ...times,
});

const subscription = (status: string) => ({
  object: 'commerce_subscription',
  id: 'csub_example',
  status,
  active_at: AT,
  canceled_at: null,
  ended_at: null,
  past_due_at: status === 'past_due' ? AT : null,
  latest_payment_id: 'cpay_example',
  payer_id: payer.id,
  payer,
  payment_source_id: 'cpm_example',
  items: [subscriptionItem(status)],
  ...times,
});

/** As part of a payment an item says nothing of trials. */
const { is_free_trial: _, ...paidItem } = subscriptionItem('active');

const amount = (cents: number) => ({
  amount: cents,
  amount_formatted: (cents / 100).toFixed(2),
  currency: 'USD',
  currency_symbol: '$',
});

const paymentAttempt = (status: string) => ({
  id: 'cpay_attempt_example',
  instance_id: 'ins_example',
  payment_id: 'cpay_example',
  invoice_id: 'cinv_example',
  statement_id: 'cstmt_example',
  gateway_external_id: 'pi_example',
  status,
  paid_at: status === 'paid' ? AT : null,
  failed_at: null,
  failed_reason: { code: '', decline_code: '' },
  billing_date: AT,
  charge_type: 'checkout',
  payee: {
    id: 'cpayee_example',
    gateway_type: 'stripe',
    gateway_external_id: 'acct_example',
    gateway_status: 'active',
  },
  payer,
  totals: { subtotal: amount(2000), tax_total: amount(0), grand_total: amount(2000) },
  payment_source: {
    id: 'cpm_example',
    gateway: 'stripe',
    gateway_external_id: 'pm_example',
    gateway_external_account_id: null,
    payment_method: 'card',
    status: 'active',
    card_type: 'visa',
    last4: '4242',
  },
  subscription_items: [paidItem],
  ...times,
});

/** `data` of a made-up event of each type, for catalogues and test messages. */
export const exampleData: Record<PublicEventType, object> = {
  'user.created': user,
  'user.updated': { ...user, first_name: 'Augusta Ada', updated_at: AT + 1000 },
  'user.deleted': deleted('user', user.id),
  'session.created': session('active'),
  'session.pending': session('pending'),
  'session.ended': session('ended'),
  'session.removed': session('removed'),
  'session.revoked': session('revoked'),
  'email.created': email,
  'sms.created': sms,
  'waitlistEntry.created': waitlistEntry('pending'),
  'waitlistEntry.updated': waitlistEntry('invited'),
  'organization.created': organization,
  'organization.updated': { ...organization, name: 'Difference Engines', updated_at: AT + 1000 },
  'organization.deleted': { ...deleted('organization', organization.id), slug: organization.slug },
  'organizationMembership.created': membership,
  'organizationMembership.updated': { ...membership, role: 'org:member', role_name: 'Member' },
  'organizationMembership.deleted': membership,
  'organizationInvitation.created': invitation('pending'),
  'organizationInvitation.accepted': { ...invitation('accepted'), user_id: 'user_example2' },
  'organizationInvitation.revoked': invitation('revoked'),
  'organizationDomain.created': domain(false),
  'organizationDomain.updated': domain(true),
  'organizationDomain.deleted': deleted('organization_domain', 'orgdmn_example'),
  'role.created': role,
  'role.updated': { ...role, name: 'Senior analyst' },
  'role.deleted': deleted('role', role.id),
  'permission.created': permission,
  'permission.updated': { ...permission, name: 'Read all reports' },
  'permission.deleted': deleted('permission', permission.id),
  'subscription.created': subscription('active'),
  'subscription.updated': subscription('active'),
  'subscription.active': subscription('active'),
  'subscription.pastDue': subscription('past_due'),
  'subscriptionItem.abandoned': subscriptionItem('abandoned'),
  'subscriptionItem.active': subscriptionItem('active'),
  'subscriptionItem.canceled': subscriptionItem('canceled'),
  'subscriptionItem.ended': subscriptionItem('ended'),
  'subscriptionItem.freeTrialEnding': subscriptionItem('active', true),
  'subscriptionItem.incomplete': subscriptionItem('incomplete'),
  'subscriptionItem.pastDue': subscriptionItem('past_due'),
  'subscriptionItem.upcoming': subscriptionItem('upcoming'),
  'subscriptionItem.updated': subscriptionItem('active'),
  'paymentAttempt.created': paymentAttempt('pending'),
  'paymentAttempt.updated': paymentAttempt('paid'),
};
