import { paramError, refusal } from '@latchkey/core';

/** How browsers carry a session follows from the environment. */
export const sessionSyncingFixed = (param: string, environment: string) =>
  paramError(
    'form_param_value_invalid',
    param,
    'is invalid',
    `${param} is ${environment === 'development'} for every ${environment} instance and cannot be changed.`,
  );

/** Only developers switch settings on from a browser. */
export const developmentOnly = () =>
  refusal(
    400,
    'request_invalid_for_environment',
    'Request only valid for development instances.',
    'In production, settings are changed by the server alone.',
  );
