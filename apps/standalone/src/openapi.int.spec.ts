import { Ajv2020 } from 'ajv/dist/2020.js';
import { operations, type Operation } from '@latchkey/contracts';
import { send, useLatchkey } from '@latchkey/testing';
import { handlers } from '../../../test/architecture/controllers.js';

const latchkey = useLatchkey();

interface Parameter {
  name: string;
  in: string;
  schema: object;
}
interface Described {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string }>;
  security: Record<string, string[]>[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Described>>;
  components: { securitySchemes: Record<string, object> };
}

describe.each(['fapi', 'bapi'] as const)('The OpenAPI document of %s', (api) => {
  const document = async () => {
    const { status, body } = await send({ method: 'GET', url: `${latchkey.at[`${api}Url`]}/openapi.json` });
    expect(status).toBe(200);
    return body as unknown as Document;
  };
  const all = ({ paths }: Document) =>
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  it('has every operation that a handler answers, and no other, with its method, path and status', async () => {
    const found = all(await document());

    const answered = handlers()
      .filter((handler) => handler.api === api)
      .map(({ operation }) => operation!);
    const own = Object.entries(operations[api])
      .filter(([, { owner }]) => owner === 'gateway')
      .map(([id]) => id);
    expect(found.map(({ operation }) => operation.operationId).sort()).toEqual([...answered, ...own].sort());
    for (const { path, method, operation } of found) {
      const wanted = (operations[api] as Record<string, Operation>)[operation.operationId]!;
      expect([method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1')]).toEqual([wanted.method, wanted.path]);
      expect(Object.keys(operation.responses)).toEqual([String(wanted.status), 'default']);
    }
  });

  it('leaves out what is not built, which is refused in other words than a path that the contract lacks', async () => {
    const built = new Set(handlers().flatMap(({ operation }) => operation ?? []));
    const missing = Object.entries(operations[api] as Record<string, Operation>).find(
      ([id, { owner, method }]) => owner !== 'gateway' && method === 'GET' && !built.has(id),
    );
    // Everything is built: nothing is left to say.
    if (!missing) return;
    const ask = async (path: string) => {
      const url = `${latchkey.at[`${api}Url`]}${path}`;
      const headers: Record<string, string> =
        api === 'bapi' ? { authorization: `Bearer ${latchkey.at.instance.secretKey}` } : {};
      const { status, body } = await send({ method: 'GET', url, headers });
      return [status, (body as { errors: { code: string }[] }).errors[0]!.code];
    };

    expect(await ask(missing[1].path.replaceAll(/:\w+/g, 'some'))).toEqual([403, 'feature_not_implemented']);
    expect(await ask('/v1/nonsense')).toEqual([404, 'resource_not_found']);
  });

  it('is valid: parameters of paths are declared, schemas compile, security is known', async () => {
    const found = await document();
    const ajv = new Ajv2020({ strict: false, validateFormats: false });

    expect(found.openapi).toBe('3.1.0');
    const references = [...JSON.stringify(found).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
    expect(new Set(references)).toEqual(new Set(['#/components/schemas/Error']));
    for (const { path, operation } of all(found)) {
      const { parameters = [], requestBody, security } = operation;
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(new Set(parameters.map(({ name, in: place }) => `${place} ${name}`)).size).toBe(parameters.length);
      const schemas = [...parameters, ...Object.values(requestBody?.content ?? {})].map(({ schema }) => schema);
      for (const schema of schemas) expect(ajv.compile(schema)).toBeInstanceOf(Function);
      for (const name of security.flatMap(Object.keys)) expect(found.components.securitySchemes).toHaveProperty(name);
    }
  });
});

describe('The OpenAPI document', () => {
  it('says what a body may hold, as its schema does', async () => {
    const { body } = await send({ method: 'GET', url: `${latchkey.at.bapiUrl}/openapi.json` });

    const create = (body as unknown as Document).paths['/v1/organizations/{organization_id}/invitations']!.post!;
    expect(create.requestBody!.content['application/json']!.schema).toMatchObject({
      type: 'object',
      required: expect.arrayContaining(['email_address', 'role']) as string[],
      additionalProperties: false,
    });
  });
});
