import { Get, Injectable } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { Api, OperationId } from '@latchkey/contracts';
import { z } from 'zod';
import { API, InternalController, OPERATION } from './operation.decorators.js';

/** What a service's code says of an operation that it answers. */
export interface DescribedOperation {
  api: Api;
  id: OperationId;
  /** JSON Schema of what is sent: the fields of the body, or of the form. */
  body?: object;
  /** JSON Schema of the fields of the query. */
  query?: object;
}

/** Under which Nest keeps what the parameters of a handler are; it exports the name from no public place. */
const PARAMETERS = '__routeArguments__';
const BODY = 3;
const QUERY = 4;

/** Reads from the controllers of this application which operations it answers, and what their schemas take. */
@Injectable()
export class DescribedOperations {
  constructor(private readonly modules: ModulesContainer) {}

  list(): DescribedOperation[] {
    const scanner = new MetadataScanner();
    return [...this.modules.values()].flatMap((module) =>
      [...module.controllers.values()].flatMap(({ metatype }) => {
        if (typeof metatype !== 'function') return [];
        const api = Reflect.getMetadata(API, metatype) as Api | 'internal' | undefined;
        if (api !== 'fapi' && api !== 'bapi') return [];
        const prototype = metatype.prototype as Record<string, object>;
        return scanner.getAllMethodNames(prototype).flatMap((name) => {
          const id = Reflect.getMetadata(OPERATION, prototype[name]!) as OperationId | undefined;
          return id === undefined ? [] : [{ api, id, ...schemasOf(metatype, name) }];
        });
      }),
    );
  }
}

function schemasOf(controller: object, method: string): Pick<DescribedOperation, 'body' | 'query'> {
  const parameters = (Reflect.getMetadata(PARAMETERS, controller, method) ?? {}) as Record<
    string,
    { schema?: z.ZodType }
  >;
  const of = (kind: number) =>
    Object.entries(parameters).find(([key, { schema }]) => key.startsWith(`${kind}:`) && schema)?.[1].schema;
  const [body, query] = [of(BODY), of(QUERY)];
  return { ...(body && { body: jsonSchema(body) }), ...(query && { query: jsonSchema(query) }) };
}

/** What a caller may send. What no JSON Schema can say (a check in code) is left to the answer. */
function jsonSchema(schema: z.ZodType): object {
  const { $schema: _, $defs: __, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  // Only JSON itself is defined by itself: it is anything, and a reference would lead nowhere inside another document.
  return JSON.parse(JSON.stringify(rest), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && '$ref' in value ? {} : value,
  ) as object;
}

/** What the gateway makes the project's OpenAPI documents of. */
@InternalController('/operations')
export class OperationsInternalController {
  constructor(private readonly operations: DescribedOperations) {}

  @Get()
  list(): DescribedOperation[] {
    return this.operations.list();
  }
}
