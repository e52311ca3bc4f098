import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const { prototype } = RequestQueue;
// eslint-disable-next-line @typescript-eslint/unbound-method -- called on a queue below
const schedule = prototype.scheduleCheckPendingRequests;

/**
 * kafkajs 2.2.4 has a timer look for waiting requests after every answer. When none wait, it sets it to a time of 1970, and Node 24 warns
 * of that at the first start already. A request that has to wait sets its own timer, so that nothing is lost without this one.
 */
prototype.scheduleCheckPendingRequests = function (this: typeof prototype) {
  if (this.pending.length > 0) schedule.call(this);
};
