/** How often, by project (`jest.config.mjs`): a browser has more reasons to be late than a service in this process. */
declare const RETRIES: number;

/**
 * A test that real browsers, brokers and clocks have tripped is run again, and its first failure is printed: one of them must not
 * cost a whole run. A test that needs this more than once is to be mended.
 */
jest.retryTimes(RETRIES, { logErrorsBeforeRetry: true });
