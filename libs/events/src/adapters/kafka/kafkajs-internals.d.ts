/** The part of kafkajs that `kafka-request-queue.ts` mends; kafkajs has no types for it. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  const RequestQueue: {
    new (options: object): RequestQueue;
    prototype: RequestQueue;
  };
  interface RequestQueue {
    pending: unknown[];
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    scheduleCheckPendingRequests(): void;
  }
  export = RequestQueue;
}
