import { z } from 'zod';
import { MAX_LENGTH } from './password-hashing.js';

/** A password as it is typed. Longer ones than any instance allows are refused before anything is looked up or hashed. */
export const TypedPassword = z.string().refine((text) => text.length <= MAX_LENGTH, {
  error: `must have at most ${MAX_LENGTH} characters`,
  params: { code: 'form_password_length_too_long' },
});
