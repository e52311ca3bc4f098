import { type ErrorCode, refusal } from '@latchkey/core';

/** No such thing is visible to the caller (404). */
export const svixNotFound = () => svixError(404, 'not_found', 'Entity not found');

/** The caller's own id for it is taken (409). */
export const svixConflict = (detail = 'An entity with that uid already exists') => svixError(409, 'conflict', detail);

/** The request makes no sense (400). */
export const svixBadRequest = (code: ErrorCode, detail: string) => svixError(400, code, detail);

/** A field has a value that it cannot have (422). */
export const svixInvalid = (field: string, message: string) =>
  refusal(422, 'value_error', message, message, { param_name: field });

/** An error of the svix API. */
export const svixError = (status: number, code: ErrorCode, detail: string) => refusal(status, code, detail, detail);
