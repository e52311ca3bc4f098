import { ApiError, paramError, refusal } from '@latchkey/core';

export const domainsNotEnabled = () =>
  refusal(
    403,
    'organization_domains_not_enabled',
    'domains are not enabled',
    'Domains of organizations are not enabled for this instance.',
  );
export const enrollmentModeNotEnabled = () =>
  refusal(
    403,
    'organization_domain_enrollment_mode_not_enabled',
    'enrollment mode is not enabled',
    'This enrollment mode is not enabled for this instance.',
    { param_name: 'enrollment_mode' },
  );
export const domainTaken = () =>
  refusal(
    422,
    'organization_domain_already_exists',
    'domain is taken',
    'This domain belongs to another organization.',
    { param_name: 'name' },
  );
export const domainAddedBefore = () =>
  refusal(
    422,
    'organization_domain_already_exists_same_organization',
    'domain was added before',
    'The organization has this domain already.',
    { param_name: 'name' },
  );
export const domainCommon = () =>
  refusal(
    422,
    'organization_domain_common',
    'common mail provider',
    'This domain belongs to a mail provider whose addresses anybody can get.',
    { param_name: 'name' },
  );
export const domainBlocked = () =>
  refusal(422, 'organization_domain_blocked', 'domain is blocked', 'This domain cannot be used.', {
    param_name: 'name',
  });
export const tooManyDomains = () =>
  refusal(
    403,
    'organization_domain_quota_exceeded',
    'too many domains',
    'The organization has as many domains as it may have.',
  );
export const domainMismatch = () =>
  refusal(
    422,
    'organization_domain_mismatch',
    'address is not at the domain',
    'The address must be one of the domain.',
    { param_name: 'affiliation_email_address' },
  );
/** Modes that let people in need a proof that the domain is the organization's. */
export const domainNotVerified = () =>
  paramError('form_verification_needed', 'enrollment_mode', 'verify the domain', 'Verify the domain first.');

export const codeIncorrect = () => paramError('form_code_incorrect', 'code', 'is incorrect', 'Incorrect code');
export const verificationFailed = () =>
  refusal(400, 'verification_failed', 'verification failed', 'Too many failed attempts. Ask for a new code.');
export const verificationExpired = () =>
  refusal(400, 'verification_expired', 'expired', 'This verification has expired. Ask for a new one.');
export const verificationMissing = () =>
  refusal(400, 'verification_missing', 'missing verification', 'Prepare the verification before you attempt it.');
/** Another code so soon after the last one. */
export const codeTooSoon = (seconds: number) =>
  new ApiError(
    429,
    {
      code: 'verification_code_too_many_requests',
      message: 'too many requests',
      long_message: `Wait ${seconds} seconds before you ask for another code.`,
    },
    { retryAfterSeconds: seconds },
  );
/** More codes for one domain than somebody who reads them needs. */
export const codesSpent = (seconds: number) =>
  new ApiError(
    429,
    {
      code: 'verification_code_rate_limit_exceeded',
      message: 'too many codes',
      long_message: 'Too many codes were asked for. Try again later.',
    },
    { retryAfterSeconds: seconds },
  );
export const verificationAlreadyVerified = () =>
  refusal(400, 'verification_already_verified', 'already verified', 'This domain has been verified before.');
