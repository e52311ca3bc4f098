import { refusal } from '@latchkey/core';

/** The user is a member. */
export const alreadyMember = () =>
  refusal(
    400,
    'already_a_member_in_organization',
    'already a member',
    'The user is already a member of the organization.',
  );

/** The last member who can manage members must stay one. */
export const minimumPermissionsNeeded = () =>
  refusal(
    400,
    'organization_minimum_permissions_needed',
    'someone must manage the members',
    'At least one member must keep the permission to manage the members of the organization.',
  );

/** The instance has no personal accounts, and this is the user's last membership. */
export const personalAccountsNotAllowed = () =>
  refusal(
    422,
    'personal_accounts_not_allowed',
    'personal accounts are not allowed',
    'Every user of this application belongs to an organization; the last membership cannot be given up.',
  );

/** The caller lacks one of the permissions that the operation needs. */
export const permissionMissing = (permissions: readonly string[]) =>
  refusal(
    403,
    'missing_organization_permission',
    'missing permission',
    'Your role in the organization does not allow this.',
    { permissions },
  );
