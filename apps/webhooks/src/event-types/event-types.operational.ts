/** What operational endpoints can ask for. */
export const operationalEventTypes = [
  'endpoint.created',
  'endpoint.deleted',
  'endpoint.disabled',
  'endpoint.enabled',
  'endpoint.updated',
  'message.attempt.exhausted',
  'message.attempt.failing',
  'message.attempt.recovered',
];
