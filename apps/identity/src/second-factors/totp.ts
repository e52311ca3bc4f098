import { createGuardrails, generateSecret, generateURI, verifySync } from 'otplib';

/** One step to either side, for clocks that differ (RFC 6238 5.2). */
const TOLERANCE_S = 30;
const SECRET_BYTES = 20;
/** Secrets that are imported may be short: the first authenticators made 80 bits. */
const guardrails = createGuardrails({ MIN_SECRET_BYTES: 10 });

/** A new secret, base32. */
export const newTotpSecret = (): string => generateSecret({ length: SECRET_BYTES });

/** The address that authenticator apps read from a QR code. */
export const totpUri = (secret: string, issuer: string, account: string): string =>
  generateURI({ issuer, label: account, secret });

/** Whether a text is a base32 secret of at least 80 bits. */
export const isTotpSecret = (text: string): boolean => /^[A-Z2-7]{16,128}=*$/i.test(text);

/**
 * The time step that a code belongs to; undefined for a wrong code. A step may be used once: compare it with the last one that was.
 */
export function totpStepOf(secret: string, code: string, now: Date): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const result = verifySync({
    secret: secret.toUpperCase().replace(/=+$/, ''),
    token: code,
    epoch: Math.floor(now.getTime() / 1000),
    epochTolerance: TOLERANCE_S,
    guardrails,
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}
