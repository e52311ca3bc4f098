import { OneTimeCode, TypedPassword } from '@latchkey/contracts';
import { z } from 'zod';

const text = z.string().nullish();

/** Body of FAPI `startSessionReverification`. */
export const StartReverification = z.object({
  level: z.enum(['first_factor', 'second_factor', 'multi_factor']).nullish(),
});
export type StartReverification = z.output<typeof StartReverification>;

/** Body of FAPI `prepareSessionReverificationFirstFactor`. */
export const PrepareFirstFactor = z.object({ strategy: z.string(), email_address_id: text, phone_number_id: text });
export type PrepareFirstFactor = z.output<typeof PrepareFirstFactor>;

/** Body of FAPI `attemptSessionReverificationFirstFactor`. */
export const AttemptFirstFactor = z.object({ strategy: z.string(), code: text, password: TypedPassword.nullish() });
export type AttemptFirstFactor = z.output<typeof AttemptFirstFactor>;

/** Body of FAPI `prepareSessionReverificationSecondFactor`. */
export const PrepareSecondFactor = z.object({ strategy: text, phone_number_id: text });
export type PrepareSecondFactor = z.output<typeof PrepareSecondFactor>;

/** Body of FAPI `attemptSessionReverificationSecondFactor`. */
export const AttemptSecondFactor = z.object({ strategy: z.string(), code: OneTimeCode });
export type AttemptSecondFactor = z.output<typeof AttemptSecondFactor>;
