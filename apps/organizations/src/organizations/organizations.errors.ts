import { paramError, refusal } from '@latchkey/core';

/** The instance has no organizations. */
export const organizationsDisabled = () =>
  refusal(
    403,
    'organization_not_enabled_in_instance',
    'organizations are not enabled',
    'The organizations feature is not enabled for this instance.',
  );

/** Not there, or nothing of the caller's: the two look alike, so that nobody learns which organizations exist. */
export const organizationNotFoundOrUnauthorized = () =>
  refusal(
    404,
    'organization_not_found_or_unauthorized',
    'not found or unauthorized',
    'No such organization was found, or you are not one of its members.',
  );

/** Another organization of the instance has the slug. */
export const slugTaken = () =>
  paramError('form_identifier_exists', 'slug', 'already taken', 'That slug is taken. Please try another.');

/** The instance has slugs off. */
export const slugsDisabled = () =>
  refusal(
    403,
    'organization_slugs_disabled',
    'slugs are disabled',
    'Organization slugs are not enabled for this instance.',
    { param_name: 'slug' },
  );

/** `created_by` is nobody. */
export const creatorNotFound = () =>
  refusal(400, 'organization_creator_not_found', 'creator not found', 'No user was found with the id in created_by.', {
    param_name: 'created_by',
  });

/** The user may not create organizations. */
export const creationNotEnabled = () =>
  refusal(
    403,
    'user_create_organization_not_enabled',
    'not allowed to create organizations',
    'You are not allowed to create organizations.',
  );

/** The user has created as many organizations as they may. */
export const creationLimitReached = () =>
  refusal(
    403,
    'org_creation_limit_exceeded',
    'creation limit reached',
    'You have created as many organizations as you are allowed to.',
  );

/** Members may not delete this organization. */
export const deletionNotEnabled = () =>
  refusal(
    403,
    'organization_admin_delete_not_enabled',
    'deletion is not enabled',
    'Deleting this organization by its members is not enabled.',
  );

/** The organization is full, pending invitations included. */
export const membershipQuotaExceeded = () =>
  refusal(
    403,
    'organization_membership_quota_exceeded',
    'membership limit reached',
    'The organization has reached its limit of members, pending invitations included.',
  );
