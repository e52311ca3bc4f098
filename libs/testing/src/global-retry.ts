/**
 * A test that real browsers, brokers and clocks have tripped is run again, and its first failure is printed: one of them must not
 * cost a whole run. A test that needs this more than once is to be mended.
 */
jest.retryTimes(2, { logErrorsBeforeRetry: true });
