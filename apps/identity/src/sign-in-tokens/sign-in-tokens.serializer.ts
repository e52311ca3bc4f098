import type { SignInTokenJSON } from '@clerk/backend';
import type { SignInToken } from '../generated/prisma/client.js';

/** The sign-in token as BAPI shows it; the token itself only when it is made. */
export function toSignInTokenJSON(row: SignInToken, secret?: { token: string; url: string }): SignInTokenJSON {
  return {
    object: 'sign_in_token',
    id: row.id,
    user_id: row.userId,
    status: row.status as SignInTokenJSON['status'],
    ...(secret ? { token: secret.token, url: secret.url } : {}),
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  } as SignInTokenJSON;
}
