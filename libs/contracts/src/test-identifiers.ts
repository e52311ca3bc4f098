/** Whether a mail address is one of those that test mode treats as reached without sending (`compat/behaviours-auth.md` 22). */
export const isTestEmail = (address: string): boolean => /^[^@]*\+clerk_test[^@]*@/.test(address);

/** Whether a number is one of the fictional ones of test mode: +1 XXX 555 0100 to 0199. */
export const isTestPhone = (number: string): boolean => /^\+1\d{3}55501\d{2}$/.test(number);

/** The code that proves what test mode treats as reached. */
export const TEST_CODE = '424242';
