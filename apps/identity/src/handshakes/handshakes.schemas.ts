import { z } from 'zod';

/** Query of FAPI `handshakeClient`. What the SDKs send besides is not read. */
export const HandshakeQuery = z.object({
  redirect_url: z.string().max(8192).optional(),
  format: z.enum(['nonce', 'token']).catch('token'),
  suffixed_cookies: z.string().optional(),
  /** Id or slug of the organization to make active; empty for the personal account. */
  organization_id: z.string().optional(),
});
export type HandshakeQuery = z.output<typeof HandshakeQuery>;

/** Query of FAPI `touchClient`. */
export const TouchClientQuery = z.object({ redirect_url: z.string().max(8192).optional() });
export type TouchClientQuery = z.output<typeof TouchClientQuery>;

/** Query of BAPI `GetHandshakePayload`. */
export const HandshakePayloadQuery = z.strictObject({ nonce: z.string().min(1).max(200) });
export type HandshakePayloadQuery = z.output<typeof HandshakePayloadQuery>;
