import { z } from 'zod';

/** Query of FAPI `acceptTicket`. The SDK's own parameters come along. */
export const AcceptTicket = z.object({ ticket: z.string().min(1) });
export type AcceptTicket = z.output<typeof AcceptTicket>;
