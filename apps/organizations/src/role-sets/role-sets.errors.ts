import { paramError, refusal } from '@latchkey/core';

export const roleSetKeyTaken = () =>
  paramError('form_identifier_exists', 'key', 'already taken', 'Another role set has this key.');

/** New organizations need a set. */
export const initialSetNotDeletable = () =>
  refusal(
    403,
    'cannot_delete_initial_role_set',
    'initial role set',
    'New organizations get this role set. Choose another one for them first.',
  );

export const tooManyRoleSets = () =>
  refusal(
    403,
    'organization_instance_role_sets_quota_exceeded',
    'too many role sets',
    'The limit of role sets for this instance is reached.',
  );

/** Roles are held that the other set does not have, and nothing says what becomes of them. */
export const mappingsMissing = (keys: string[]) =>
  refusal(
    422,
    'organization_role_set_reassignment_mappings_missing',
    'mappings are missing',
    'Say which role takes the place of each role that the other role set does not have.',
    { role_keys: keys },
  );

/** A mapping leads to a role that the other set does not have. */
export const mappingInvalid = (key: string) =>
  refusal(
    422,
    'organization_role_set_reassignment_mappings_invalid',
    'mapping is invalid',
    `${key} is not a role of the other role set.`,
    { role_key: key },
  );

/** A role that is named is not one of the set's. */
export const notInSet = (param: string, key: string) =>
  paramError('form_param_value_invalid', param, 'is invalid', `${key} is not a role of the role set.`);

export const unknownRole = (param: string, key: string) =>
  paramError('form_resource_not_found', param, 'not found', `There is no role ${key}.`);

/** More members would change roles than one transaction can. */
export const tooManyToReassign = (most: number) =>
  refusal(
    422,
    'organization_role_set_reassignment_contact_support',
    'too many members',
    `More than ${most} members hold the role. Give them another one first, some at a time.`,
  );
