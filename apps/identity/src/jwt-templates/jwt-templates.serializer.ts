import type { JwtTemplateJSON } from '@clerk/backend';
import type { JwtTemplate } from '../generated/prisma/client.js';

/** The template as BAPI shows it: without its key. */
export function toJwtTemplateJSON(row: JwtTemplate): JwtTemplateJSON {
  return {
    object: 'jwt_template',
    id: row.id,
    name: row.name,
    claims: row.claims as JwtTemplateJSON['claims'],
    lifetime: row.lifetime,
    allowed_clock_skew: row.allowedClockSkew,
    custom_signing_key: row.signingKey !== null,
    signing_algorithm: row.signingAlgorithm,
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  };
}
