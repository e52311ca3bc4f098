import { paramError } from '@latchkey/core';

/** How browsers carry a session follows from the environment. */
export const sessionSyncingFixed = (param: string, environment: string) =>
  paramError(
    'form_param_value_invalid',
    param,
    'is invalid',
    `${param} is ${environment === 'development'} for every ${environment} instance and cannot be changed.`,
  );
