import { type ApiError, refusal } from '@latchkey/core';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { InstanceSettings } from '../instances/instances.settings.js';

/** Whether the instance sends SMS to the country of a number. */
export function isSmsCountry({ communication }: InstanceSettings, number: string): boolean {
  const country = parsePhoneNumberFromString(number)?.country;
  return country === undefined || !communication.blocked_country_codes.includes(country);
}

/** @throws `unsupported_country_code` (403) for a number of a country that gets no SMS */
export function requireSmsCountry(settings: InstanceSettings, number: string): void {
  if (!isSmsCountry(settings, number)) throw unsupportedCountry(number);
}

function unsupportedCountry(number: string): ApiError {
  const parsed = parsePhoneNumberFromString(number);
  return refusal(
    403,
    'unsupported_country_code',
    'unsupported country',
    'Phone numbers of this country cannot be used here.',
    { param_name: 'phone_number', alpha2: parsed?.country, country_code: parsed?.countryCallingCode },
  );
}
