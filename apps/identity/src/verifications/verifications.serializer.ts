import type { VerificationJSON } from '@clerk/shared/types';
import type { Verification } from '../generated/prisma/client.js';

const OBJECTS: Record<string, string> = {
  email_code: 'verification_otp',
  phone_code: 'verification_otp',
  reset_password_email_code: 'verification_otp',
  reset_password_phone_code: 'verification_otp',
  email_link: 'verification_email_link',
  admin: 'verification_admin',
  password: 'verification_password',
  ticket: 'verification_ticket',
  passkey: 'verification_passkey',
  totp: 'verification_totp',
  backup_code: 'verification_backup_code',
};

/** What a verification's `details` may hold for the wire. */
interface Details {
  channel?: string;
  nonce?: string;
  verified_at_client?: string;
  external_verification_redirect_url?: string;
  error?: { code: string; message: string; long_message: string; meta?: object };
}

/**
 * A verification as both APIs show it; null when nothing was prepared.
 *
 * @param now an unproved verification past its time is shown as `expired`
 */
export function toVerificationJSON(row: Verification | null | undefined, now: Date): VerificationJSON | null {
  if (!row) return null;
  const details = row.details as Details;
  const isExpired = row.status === 'unverified' && row.expireAt !== null && row.expireAt <= now;
  return {
    object: OBJECTS[row.strategy] ?? 'verification_otp',
    status: isExpired ? 'expired' : row.status,
    strategy: row.strategy,
    attempts: row.attempts,
    expire_at: row.expireAt?.getTime() ?? null,
    ...(details.channel ? { channel: details.channel } : {}),
    ...(details.nonce ? { nonce: details.nonce } : {}),
    ...(details.verified_at_client ? { verified_at_client: details.verified_at_client } : {}),
    ...(details.external_verification_redirect_url
      ? { external_verification_redirect_url: details.external_verification_redirect_url }
      : {}),
    ...(details.error ? { error: details.error } : {}),
  } as unknown as VerificationJSON;
}
