import type { ErrorCode } from './error-codes.js';

/** One problem as the wire shows it; the code is the contract's, the words are ours. */
export interface ApiErrorItem {
  /** What programs test. */
  code: ErrorCode;
  /** A short text. */
  message: string;
  /** A sentence for the person in front of the screen. */
  long_message: string;
  /** What the SDKs read besides: `param_name`, `session_id`, ... */
  meta?: Record<string, unknown>;
}

/** What surrounds the problems of one answer. */
export interface ApiErrorOptions {
  /** Seconds after which the caller may try again; sent as `Retry-After`. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** An answer of status 400 or above, thrown anywhere and put on the wire in one place (`libs/http`). */
export class ApiError extends Error {
  readonly items: ApiErrorItem[];
  readonly retryAfterSeconds?: number;

  /**
   * @param status the HTTP status
   * @param items one problem or several, the decisive one first
   */
  constructor(
    readonly status: number,
    items: ApiErrorItem | ApiErrorItem[],
    options: ApiErrorOptions = {},
  ) {
    const list = Array.isArray(items) ? items : [items];
    super(`${status} ${list.map((item) => item.code).join(', ')}`, { cause: options.cause });
    this.name = 'ApiError';
    this.items = list;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** The decisive code. */
  get code(): ErrorCode {
    return this.items[0]?.code ?? 'internal_clerk_error';
  }
}

/**
 * A refusal for one reason.
 *
 * @param message a short text
 * @param longMessage a sentence for the person in front of the screen
 * @param meta what the SDKs read besides
 */
export function refusal(
  status: number,
  code: ErrorCode,
  message: string,
  longMessage: string,
  meta?: Record<string, unknown>,
): ApiError {
  return new ApiError(status, { code, message, long_message: longMessage, ...(meta && { meta }) });
}

/** A problem with one parameter (422). `param` is the wire's name of the field. */
export function paramError(code: ErrorCode, param: string, message: string, longMessage: string = message): ApiError {
  return refusal(422, code, message, longMessage, { param_name: param });
}

/** No object of this kind and id is visible to the caller (404 `resource_not_found`). */
export function notFound(kind: string, id: string): ApiError {
  return refusal(404, 'resource_not_found', 'not found', `No ${kind} was found with id ${id}.`);
}
