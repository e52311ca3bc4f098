import { paramError, refusal } from '@latchkey/core';

/** The role does not exist, or the organization's role set does not have it. */
export const roleNotAssignable = (key: string) =>
  paramError('form_param_value_invalid', 'role', 'is invalid', `${key} is not a role of this organization.`);

export const roleHasMembers = () =>
  refusal(
    422,
    'organization_role_assigned_members',
    'role has members',
    'This role is assigned to members. Give them another one first.',
  );
export const roleHasInvitations = () =>
  refusal(
    422,
    'organization_role_exists_in_invitations',
    'role is used by invitations',
    'Pending invitations use this role. Revoke them first.',
  );
export const roleIsCreatorRole = () =>
  refusal(
    422,
    'organization_role_default_creator_role',
    'role is the creator role',
    'This is the role of those who create organizations. Choose another one for them first.',
  );
export const roleIsDefaultRole = () =>
  refusal(
    422,
    'organization_role_domain_default_role',
    'role is the default role',
    'This is the default role of new members. Choose another one for them first.',
  );

/** The role of creators must keep what creators need. */
export const creatorPermissionsMissing = () =>
  refusal(
    422,
    'organization_missing_creator_role_permissions',
    'permissions are missing',
    'The role of creators needs the permissions to manage and read members and to delete the organization.',
  );

/** Another role has this key. */
export const roleKeyTaken = () =>
  paramError('form_identifier_exists', 'key', 'already taken', 'Another role has this key.');

/** The instance has as many roles as it may have. */
export const tooManyRoles = () =>
  refusal(
    403,
    'organization_instance_roles_quota_exceeded',
    'too many roles',
    'The limit of roles for this instance is reached.',
  );

export const rolePermissionExists = () =>
  refusal(
    409,
    'organization_role_permission_association_exists',
    'already has it',
    'The role already has this permission.',
  );

export const rolePermissionMissing = () =>
  refusal(
    404,
    'organization_role_permission_association_not_found',
    'does not have it',
    'The role does not have this permission.',
  );
