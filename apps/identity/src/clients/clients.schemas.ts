import { listFields } from '@latchkey/contracts';
import { z } from 'zod';

/** Query of BAPI `GetClientList`. */
export const ListClients = z.strictObject(listFields);
export type ListClients = z.output<typeof ListClients>;

/** Body of BAPI `VerifyClient`. */
export const VerifyClient = z.strictObject({ token: z.string().min(1) });
export type VerifyClient = z.output<typeof VerifyClient>;
