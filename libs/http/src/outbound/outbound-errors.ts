/** An outgoing call that brought no answer. One of the three below. */
export abstract class OutboundError extends Error {}

/** The target is not one that a caller may choose: a private address, a scheme other than HTTP. Trying again does not help. */
export class TargetRefused extends OutboundError {
  override readonly name = 'TargetRefused';

  /** @param target the host or address that was refused */
  constructor(
    readonly target: string,
    reason: string,
  ) {
    super(`${target} is refused as a target: ${reason}`);
  }
}

/** The target took too long. */
export class OutboundTimeout extends OutboundError {
  override readonly name = 'OutboundTimeout';

  /** @param phase what was being waited for; `total` is the deadline of the whole call, redirects included */
  constructor(
    readonly phase: 'connect' | 'headers' | 'body' | 'total',
    cause?: unknown,
  ) {
    super(`the call timed out (${phase})`, { cause });
  }
}

/** The call failed: no such host, connection refused, a bad certificate, an answer that is too long or no HTTP. */
export class OutboundFailed extends OutboundError {
  override readonly name = 'OutboundFailed';

  /** @param code of the cause, such as `ECONNREFUSED` or `ENOTFOUND`, where it has one */
  constructor(
    message: string,
    readonly code?: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** What undici or Node threw, as one of our errors. */
export function toOutboundError(thrown: unknown): OutboundError {
  if (thrown instanceof OutboundError) return thrown;
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return new OutboundTimeout('connect', thrown);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return new OutboundTimeout('headers', thrown);
  if (code === 'UND_ERR_BODY_TIMEOUT') return new OutboundTimeout('body', thrown);
  return new OutboundFailed(message || code || 'the call failed', code, thrown);
}
