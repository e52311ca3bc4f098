import { dictionary } from '@zxcvbn-ts/language-common';

/**
 * The passwords that most often turn up in breaches. A list that ships with the product instead of a service that is asked:
 * nothing about a password leaves the machine, and a sign-up works without internet (`docs/decisions`).
 */
const leaked = new Set(dictionary['passwords-common'].map(String));

/** Whether a password is among those that breaches have made public. */
export const isLeaked = (password: string): boolean => leaked.has(password.toLowerCase());
