/** Wakes whoever takes up deliveries that are due. Its id is the second. */
export const DUE_JOB = 'webhooks.due';
