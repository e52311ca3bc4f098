import { paramError, refusal } from '@latchkey/core';

/** The template sets a claim that every token carries by itself. */
export const jwtTemplateReservedClaim = (claim: string) =>
  refusal(400, 'jwt_template_reserved_claim', 'reserved claim used', `You can't use the reserved claim: '${claim}'`, {
    param_name: 'claims',
  });

/** Another template has the name. */
export const jwtTemplateNameTaken = () =>
  paramError('form_already_exists', 'name', 'already exists', 'Another JWT template has this name.');

/** The algorithm is none that tokens are signed with, or the key is not one for it. */
export const signingKeyInvalid = (param: 'signing_algorithm' | 'signing_key') =>
  paramError('form_param_value_invalid', param, 'is invalid', `${param} is missing, or is not valid.`);
