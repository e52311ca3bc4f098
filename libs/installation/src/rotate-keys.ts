import { systemContext } from '@latchkey/clients';
import { CONTEXT_HEADER } from '@latchkey/contracts';
import type { ApiErrorItem } from '@latchkey/core';
import { ContextSigner } from '@latchkey/http';
import { DeclarationError } from './declaration-file.js';
import type { AskIdentity } from './declare.js';

/** Which instance gets a new signing key, and how long the old ones verify; left out, as long as anything of theirs may be valid. */
export interface KeyRotation {
  instance: string;
  overlap_days?: number;
}

/** What has become of it. */
export interface RotatedKey {
  instance_id: string;
  kid: string;
  retired_at: number;
}

/**
 * Gives an instance a new signing key; those before it go on verifying until they are retired.
 *
 * @throws DeclarationError when there is no such instance
 */
export async function rotateKeys(ask: AskIdentity, contextKey: string, rotation: KeyRotation): Promise<RotatedKey> {
  const { status, body } = await ask({
    method: 'POST',
    path: '/internal/instances/rotate_keys',
    headers: {
      'content-type': 'application/json',
      [CONTEXT_HEADER]: new ContextSigner(contextKey).sign(systemContext('rotate-keys')),
    },
    body: JSON.stringify(rotation),
  });
  if (status === 200) return JSON.parse(body.toString()) as RotatedKey;
  const { errors } = JSON.parse(body.toString()) as { errors: ApiErrorItem[] };
  throw new DeclarationError(errors.map(({ long_message }) => long_message).join('\n'));
}
