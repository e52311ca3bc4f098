import type { Dispatcher } from 'undici';
import { OutboundFailed, OutboundTimeout, toOutboundError } from './outbound-errors.js';

/** What one request got back. */
export interface ExchangeResult {
  status: number;
  /** Names in lower case; a list where a header came more than once. */
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** Whether the body was cut at the limit. */
  isTruncated: boolean;
}

/** The bounds of one request. */
export interface ExchangeLimits {
  deadlineMs: number;
  maxResponseBytes: number;
  onOversize: 'fail' | 'truncate';
}

/**
 * One request and its answer, collected by undici's callbacks: streams and an AbortSignal per call would cost more than
 * the call itself.
 *
 * @throws OutboundError
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<ExchangeResult> {
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(limits, resolve, reject);
    try {
      dispatcher.dispatch(request, handler);
    } catch (error) {
      handler.fail(toOutboundError(error));
    }
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private isSettled = false;
  private status = 0;
  private headers: ExchangeResult['headers'] = {};
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private readonly deadline: NodeJS.Timeout;

  constructor(
    private readonly limits: ExchangeLimits,
    private readonly resolve: (result: ExchangeResult) => void,
    private readonly reject: (error: Error) => void,
  ) {
    // Ours, because undici's timeouts begin anew with every byte and tick once a second.
    this.deadline = setTimeout(() => this.fail(new OutboundTimeout('total')), limits.deadlineMs);
  }

  /** Ends the exchange with `error`, unless it has ended. */
  fail(error: Error): void {
    if (this.isSettled) return;
    this.settle();
    this.reject(error);
    this.controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // The deadline passed while it waited for a connection.
    if (this.isSettled) controller.abort(new OutboundTimeout('total'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ExchangeResult['headers'],
  ): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isSettled) return;
    const room = this.limits.maxResponseBytes - this.size;
    if (chunk.length <= room) {
      this.size += chunk.length;
      this.chunks.push(chunk);
      return;
    }
    const tooLong = new OutboundFailed(
      `the answer is longer than ${this.limits.maxResponseBytes} bytes`,
      'RESPONSE_TOO_LONG',
    );
    if (this.limits.onOversize === 'fail') return this.fail(tooLong);
    this.chunks.push(chunk.subarray(0, room));
    this.succeed(true);
    controller.abort(tooLong);
  }

  onResponseEnd(): void {
    this.succeed(false);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(toOutboundError(error));
  }

  private succeed(isTruncated: boolean): void {
    if (this.isSettled) return;
    this.settle();
    // Copied: undici's chunks point into its read buffers, and a small body would keep 64 KiB alive.
    this.resolve({ status: this.status, headers: this.headers, body: Buffer.concat(this.chunks), isTruncated });
  }

  private settle(): void {
    this.isSettled = true;
    clearTimeout(this.deadline);
  }
}
