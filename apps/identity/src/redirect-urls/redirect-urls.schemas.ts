import { listFields } from '@latchkey/contracts';
import { z } from 'zod';

/** Body of BAPI `CreateRedirectURL`. */
export const CreateRedirectUrl = z.strictObject({ url: z.string().trim().min(1).max(2048) });
export type CreateRedirectUrl = z.output<typeof CreateRedirectUrl>;

/** Query of BAPI `ListRedirectURLs`. */
export const ListRedirectUrls = z.strictObject(listFields);
export type ListRedirectUrls = z.output<typeof ListRedirectUrls>;
