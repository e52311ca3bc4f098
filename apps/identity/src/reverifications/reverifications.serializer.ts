import type { SessionJSON, SessionVerificationJSON } from '@clerk/shared/types';
import type { Reverification, Verification } from '../generated/prisma/client.js';
import { toVerificationJSON } from '../verifications/verifications.serializer.js';

/** What is shown beside the step-up itself. */
export interface ReverificationParts {
  session: SessionJSON;
  firstFactors: object[];
  secondFactors: object[];
  firstVerification: Verification | null;
  secondVerification: Verification | null;
  now: Date;
}

/** The step-up as FAPI shows it. */
export function toReverificationJSON(row: Reverification, parts: ReverificationParts): SessionVerificationJSON {
  return {
    object: 'session_reverification',
    level: row.level,
    status: row.status,
    session: parts.session,
    supported_first_factors: parts.firstFactors,
    supported_second_factors: parts.secondFactors,
    first_factor_verification: toVerificationJSON(parts.firstVerification, parts.now),
    second_factor_verification: toVerificationJSON(parts.secondVerification, parts.now),
  } as unknown as SessionVerificationJSON;
}
