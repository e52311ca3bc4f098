import { ApiError } from '@latchkey/core';

/** It is on the list. */
export const duplicateBlocklistIdentifier = (identifier: string) =>
  new ApiError(400, {
    code: 'duplicate_record',
    message: 'duplicate record',
    long_message: `${identifier} is on the blocklist already.`,
    meta: { param_name: 'identifier' },
  });
