import { isTestPhone } from '@latchkey/contracts';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';

/** A phone number with its country code, in E.164. */
export const PhoneNumberFormat = z
  .string()
  .trim()
  .max(32)
  .transform((text, ctx) => {
    const number = parsePhoneNumberFromString(text)?.number;
    // The fictional numbers of test mode are no possible numbers of some area codes.
    const isNumber = number && (isTestPhone(number) || parsePhoneNumberFromString(text)?.isPossible());
    if (isNumber) return String(number);
    ctx.addIssue({
      code: 'custom',
      message: 'must be a valid phone number according to E.164 international standard',
      params: { code: 'form_param_format_invalid' },
    });
    return z.NEVER;
  });
