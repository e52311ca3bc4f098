import { bapiOperations } from './bapi.js';
import { bapiBeyondSpec, fapiBeyondSpec } from './beyond-spec.js';
import { fapiOperations } from './fapi.js';

export type { Api, Operation, ServiceName, Traits } from './operation.js';

/** Every operation that exists, by API and id. Some ids (`CreateOrganizationDomain`) exist in both APIs. */
export const operations = {
  fapi: { ...fapiOperations, ...fapiBeyondSpec },
  bapi: { ...bapiOperations, ...bapiBeyondSpec },
} as const;

/** The id of an operation, as the contract spells it. */
export type OperationId = keyof (typeof operations)['fapi'] | keyof (typeof operations)['bapi'];
