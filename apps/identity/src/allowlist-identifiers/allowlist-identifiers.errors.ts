import { refusal } from '@latchkey/core';

/** It is on the list. */
export const duplicateAllowlistIdentifier = (identifier: string) =>
  refusal(400, 'duplicate_record', 'duplicate record', `${identifier} is on the allowlist already.`, {
    param_name: 'identifier',
  });
