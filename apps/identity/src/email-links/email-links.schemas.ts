import { z } from 'zod';

/** Query of FAPI `verify`. The SDK's own parameters come along; the contract has no status of its own for a token that is missing. */
export const VerifyLink = z.object({ token: z.string().default('') });
export type VerifyLink = z.output<typeof VerifyLink>;
