import { refusal } from '@latchkey/core';

/** It is on the list. */
export const duplicateBlocklistIdentifier = (identifier: string) =>
  refusal(400, 'duplicate_record', 'duplicate record', `${identifier} is on the blocklist already.`, {
    param_name: 'identifier',
  });
