import { ApiError, paramError, refusal } from '@latchkey/core';

/** The code is not the one that was sent. */
export const codeIncorrect = () => paramError('form_code_incorrect', 'code', 'is incorrect', 'Incorrect code');

/** Too many wrong codes: the verification must be prepared again. */
export const verificationFailed = () =>
  refusal(400, 'verification_failed', 'verification failed', 'Too many failed attempts. Ask for a new code.');

/** The code came too late. */
export const verificationExpired = () =>
  refusal(400, 'verification_expired', 'expired', 'This verification has expired. Ask for a new code.');

/** Nothing was prepared that could be attempted. */
export const verificationMissing = () =>
  refusal(400, 'verification_missing', 'missing verification', 'Prepare the verification before you attempt it.');

/** It was proved before. */
export const verificationAlreadyVerified = () =>
  refusal(400, 'verification_already_verified', 'already verified', 'This verification has already been completed.');

/** The strategy does not fit what is verified. */
export const verificationStrategyInvalid = () =>
  refusal(
    400,
    'verification_strategy_invalid',
    'invalid verification strategy',
    'The verification strategy is not valid here.',
  );

/** The last code to the same address is too young for another. */
export const codeTooSoon = (seconds: number) =>
  new ApiError(
    429,
    {
      code: 'verification_code_too_many_requests',
      message: 'too many requests',
      long_message: 'A code was sent a moment ago. Wait half a minute before you ask for another.',
    },
    { retryAfterSeconds: seconds },
  );

/** The address gets no more for now, whoever asks. */
export const codesSpent = (seconds: number) =>
  new ApiError(
    429,
    {
      code: 'verification_code_rate_limit_exceeded',
      message: 'too many codes',
      long_message: 'Too many codes were sent to this address. Try again later.',
    },
    { retryAfterSeconds: seconds },
  );
