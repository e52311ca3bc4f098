import { type ApiErrorItem, refusal } from '@latchkey/core';

/** Too many failures, or an administrator: nothing is tried until the lock is over. `seconds` is null when it has no end. */
export const userLocked = (seconds: number | null) =>
  refusal(
    403,
    'user_locked',
    'Account locked',
    seconds === null
      ? 'Your account is locked. Contact support for help.'
      : `Your account is locked. You can try again in ${waitingTime(seconds)}.`,
    seconds === null ? {} : { duration_in_seconds: seconds },
  );

/** Few attempts are left before the account is locked; told beside the problem itself. */
export const lockoutWarning = (attemptsLeft: number): ApiErrorItem => ({
  code: 'account_lockout_warning',
  message: 'Account about to be locked',
  long_message:
    attemptsLeft === 0
      ? 'No attempts are left: your account is now locked.'
      : `You have ${attemptsLeft} more ${attemptsLeft === 1 ? 'attempt' : 'attempts'} before your account is locked.`,
  meta: {},
});

function waitingTime(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (minutes === 1) return 'a minute';
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
