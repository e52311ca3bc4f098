import { ApiError, paramError } from '@latchkey/core';

export const roleSetKeyTaken = () =>
  paramError('form_identifier_exists', 'key', 'already taken', 'Another role set has this key.');

/** New organizations need a set. */
export const initialSetNotDeletable = () =>
  new ApiError(403, {
    code: 'cannot_delete_initial_role_set',
    message: 'initial role set',
    long_message: 'New organizations get this role set. Choose another one for them first.',
  });

export const tooManyRoleSets = () =>
  new ApiError(403, {
    code: 'organization_instance_role_sets_quota_exceeded',
    message: 'too many role sets',
    long_message: 'The limit of role sets for this instance is reached.',
  });

/** Roles are held that the other set does not have, and nothing says what becomes of them. */
export const mappingsMissing = (keys: string[]) =>
  new ApiError(422, {
    code: 'organization_role_set_reassignment_mappings_missing',
    message: 'mappings are missing',
    long_message: 'Say which role takes the place of each role that the other role set does not have.',
    meta: { role_keys: keys },
  });

/** A mapping leads to a role that the other set does not have. */
export const mappingInvalid = (key: string) =>
  new ApiError(422, {
    code: 'organization_role_set_reassignment_mappings_invalid',
    message: 'mapping is invalid',
    long_message: `${key} is not a role of the other role set.`,
    meta: { role_key: key },
  });

/** A role that is named is not one of the set's. */
export const notInSet = (param: string, key: string) =>
  paramError('form_param_value_invalid', param, 'is invalid', `${key} is not a role of the role set.`);

export const unknownRole = (param: string, key: string) =>
  paramError('form_resource_not_found', param, 'not found', `There is no role ${key}.`);

/** More members would change roles than one transaction can. */
export const tooManyToReassign = (most: number) =>
  new ApiError(422, {
    code: 'organization_role_set_reassignment_contact_support',
    message: 'too many members',
    long_message: `More than ${most} members hold the role. Give them another one first, some at a time.`,
  });
