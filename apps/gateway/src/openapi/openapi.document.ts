import { operations, type Api, type Operation, type OperationId } from '@latchkey/contracts';
import type { DescribedOperation } from '@latchkey/http';

interface ObjectSchema {
  properties?: Record<string, object>;
  required?: string[];
}

const SECURITY: Record<Operation['auth'], object[]> = {
  none: [{}],
  session: [{ client: [] }, { native: [] }],
  session_token: [{ native: [] }],
  own: [{ native: [] }],
};

const SCHEMES = {
  fapi: {
    client: { type: 'apiKey', in: 'cookie', name: '__client', description: 'The browser, and who is signed in there.' },
    native: {
      type: 'http',
      scheme: 'bearer',
      description: 'An app, with `_is_native=1`; or what the operation asks for.',
    },
  },
  bapi: { secretKey: { type: 'http', scheme: 'bearer', description: 'A secret key of the instance: `sk_...`.' } },
};

const ERROR = {
  type: 'object',
  required: ['errors'],
  properties: {
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'message', 'long_message'],
        properties: {
          code: { type: 'string' },
          message: { type: 'string' },
          long_message: { type: 'string' },
          meta: { type: 'object' },
        },
      },
    },
    clerk_trace_id: { type: 'string' },
  },
};

/**
 * The OpenAPI 3.1 document of one of the two APIs.
 *
 * @param described what the services say of the operations that they answer; only those are in it, and the gateway's own
 */
export function openApiDocument(api: Api, described: readonly DescribedOperation[], url: string): object {
  const table: Record<string, Operation> = operations[api];
  const known = new Map(described.filter((one) => one.api === api).map((one) => [one.id, one]));
  const answered = Object.entries(table).filter(
    ([id, { owner }]) => owner === 'gateway' || known.has(id as OperationId),
  );
  const paths: Record<string, Record<string, object>> = {};
  for (const [id, operation] of answered) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[operation.method.toLowerCase()] = operationObject(
      api,
      id,
      operation,
      known.get(id as OperationId),
    );
  }
  return {
    openapi: '3.1.0',
    info: {
      title: `Latchkey ${api === 'fapi' ? 'Frontend' : 'Backend'} API`,
      version: 'v1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url }],
    paths,
    components: { securitySchemes: SCHEMES[api], schemas: { Error: ERROR } },
  };
}

function operationObject(
  api: Api,
  id: string,
  operation: Operation,
  described: DescribedOperation | undefined,
): object {
  const inPath = [...operation.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = parametersOf(described?.query);
  const parameters = [...inPath, ...inQuery];
  const media = api === 'bapi' ? 'application/json' : 'application/x-www-form-urlencoded';
  return {
    operationId: id,
    tags: [operation.owner],
    security: api === 'bapi' ? [{ secretKey: [] }] : SECURITY[operation.auth],
    ...(parameters.length > 0 && { parameters }),
    ...(described?.body && { requestBody: { content: { [media]: { schema: described.body } } } }),
    responses: {
      [operation.status]: successOf(api, operation),
      default: {
        description: 'Refused.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function parametersOf(query: object | undefined): object[] {
  const { properties = {}, required = [] } = (query ?? {}) as ObjectSchema;
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function successOf(api: Api, { shape, status }: Operation): object {
  if (status >= 300) return { description: 'Leads on.' };
  if (status === 204) return { description: 'Done.' };
  if (api === 'bapi' || shape !== 'wrapped')
    return { description: 'The resource.', content: { 'application/json': { schema: {} } } };
  const schema = {
    type: 'object',
    required: ['response'],
    properties: { response: {}, client: { type: ['object', 'null'] } },
  };
  return { description: 'The resource, and the client as it is now.', content: { 'application/json': { schema } } };
}
