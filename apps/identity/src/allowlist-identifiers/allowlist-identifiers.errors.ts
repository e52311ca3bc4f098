import { ApiError } from '@latchkey/core';

/** It is on the list. */
export const duplicateAllowlistIdentifier = (identifier: string) =>
  new ApiError(400, {
    code: 'duplicate_record',
    message: 'duplicate record',
    long_message: `${identifier} is on the allowlist already.`,
    meta: { param_name: 'identifier' },
  });
