import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import './kafka-request-queue.js';

describe('the request queue of kafkajs', () => {
  const queue = () => new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1_000, logger: { debug: () => {} } });

  it('sets no timer, of which Node would warn, when nothing waits', () => {
    const one = queue();

    one.scheduleCheckPendingRequests();

    expect(one.throttleCheckTimeoutId ?? null).toBeNull();
  });

  it('looks again for requests that wait', () => {
    const one = queue();
    one.pending.push({});

    one.scheduleCheckPendingRequests();

    expect(one.throttleCheckTimeoutId).not.toBeNull();
    clearTimeout(one.throttleCheckTimeoutId!);
  });
});
