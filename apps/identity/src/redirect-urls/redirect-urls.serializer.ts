import type { RedirectUrlJSON } from '@clerk/backend';
import type { RedirectUrl } from '../generated/prisma/client.js';

/** The redirect URL as BAPI shows it. */
export const toRedirectUrlJSON = (row: RedirectUrl): RedirectUrlJSON => ({
  object: 'redirect_url',
  id: row.id,
  url: row.url,
  created_at: row.createdAt.getTime(),
  updated_at: row.updatedAt.getTime(),
});
