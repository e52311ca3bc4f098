/** How long Kafka waits for a consumer that has died before others get its partitions: no longer than an operator would. */
const SESSION_MS = 10_000;
/** How long it waits for a consumer that lives and is busy with an event, before others get its partitions. */
const REBALANCE_MS = 90_000;

/** How often a consumer says that it lives. */
export const HEARTBEAT_MS = 3_000;

/** The settings of a service's consumer group. */
export const consumerGroup = (service: string) => ({
  groupId: `latchkey-${service}`,
  sessionTimeout: SESSION_MS,
  rebalanceTimeout: REBALANCE_MS,
  heartbeatInterval: HEARTBEAT_MS,
  maxWaitTimeInMs: 500,
  allowAutoTopicCreation: false,
  retry: { initialRetryTime: 300, retries: 5, restartOnFailure: () => Promise.resolve(true) },
});
