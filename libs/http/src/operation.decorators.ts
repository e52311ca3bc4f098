import { applyDecorators, Controller, HttpCode, SetMetadata } from '@nestjs/common';
import { operations, type Api, type OperationId } from '@latchkey/contracts';

/** Metadata keys, for the checks in `test/architecture`. */
export const OPERATION = 'latchkey:operation';
export const API = 'latchkey:api';

/** A controller of operations that servers call with a secret key. `path` is the full public path. */
export const BapiController = (path: string) =>
  applyDecorators(SetMetadata(API, 'bapi'), Controller(internalPath('bapi', path)));

/** A controller of operations that browsers and mobile apps call. `path` is the full public path. */
export const FapiController = (path: string) =>
  applyDecorators(SetMetadata(API, 'fapi'), Controller(internalPath('fapi', path)));

/** A controller that only the other services call; the gateway never forwards to it. */
export const InternalController = (path: string) =>
  applyDecorators(SetMetadata(API, 'internal'), Controller(`/internal${path}`));

/**
 * Says which operation of the contract a handler answers. Gives the status of its success and makes it findable.
 *
 * @param id the `operationId` in the published contract
 */
export const Operation = (id: OperationId): MethodDecorator => {
  const status = (operations.bapi as Table)[id]?.status ?? (operations.fapi as Table)[id]?.status;
  if (status === undefined) throw new Error(`${id} is not an operation of the contract`);
  return applyDecorators(SetMetadata(OPERATION, id), HttpCode(status));
};

/** Where a service answers an operation: both APIs share paths, so each has a prefix between gateway and service. */
export const internalPath = (api: Api, path: string): string => `/${api}${path}`;

type Table = Record<string, { status: number } | undefined>;
