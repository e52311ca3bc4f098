import { ApiError, paramError } from '@latchkey/core';

/** The code is not the one that was sent. */
export const codeIncorrect = () => paramError('form_code_incorrect', 'code', 'is incorrect', 'Incorrect code');

/** Too many wrong codes: the verification must be prepared again. */
export const verificationFailed = () =>
  new ApiError(400, {
    code: 'verification_failed',
    message: 'verification failed',
    long_message: 'Too many failed attempts. Ask for a new code.',
  });

/** The code came too late. */
export const verificationExpired = () =>
  new ApiError(400, {
    code: 'verification_expired',
    message: 'expired',
    long_message: 'This verification has expired. Ask for a new code.',
  });

/** Nothing was prepared that could be attempted. */
export const verificationMissing = () =>
  new ApiError(400, {
    code: 'verification_missing',
    message: 'missing verification',
    long_message: 'Prepare the verification before you attempt it.',
  });

/** It was proved before. */
export const verificationAlreadyVerified = () =>
  new ApiError(400, {
    code: 'verification_already_verified',
    message: 'already verified',
    long_message: 'This verification has already been completed.',
  });

/** The strategy does not fit what is verified. */
export const verificationStrategyInvalid = () =>
  new ApiError(400, {
    code: 'verification_strategy_invalid',
    message: 'invalid verification strategy',
    long_message: 'The verification strategy is not valid here.',
  });

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
