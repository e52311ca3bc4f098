import type { ApiVersion, RequestContext } from '@latchkey/contracts';
import { paramError } from '@latchkey/core';
import type { UpdateOrganization } from './organizations.schemas.js';

/** From this API version on, metadata is changed by its own operations only. */
const WITHOUT_METADATA: ApiVersion = '2026-05-12';

/** @throws `form_param_unknown` (422) for metadata in an update of a version that has it elsewhere */
export function requireNoMetadata(ctx: RequestContext, body: UpdateOrganization): void {
  if (ctx.apiVersion < WITHOUT_METADATA) return;
  for (const field of ['public_metadata', 'private_metadata'] as const)
    if (body[field] !== undefined)
      throw paramError('form_param_unknown', field, 'is unknown', `${field} is not a parameter of this request.`);
}
