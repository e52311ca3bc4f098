import { z } from 'zod';

/** Query of FAPI `verify`. The SDK's own parameters come along. */
export const VerifyLink = z.object({ token: z.string().min(1) });
export type VerifyLink = z.output<typeof VerifyLink>;
