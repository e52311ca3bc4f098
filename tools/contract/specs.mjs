import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { ROOT } from '../lib/project.mjs';

/** @typedef {Record<string, any>} Json */

/** The folder of the published documents; undefined when they are not here. */
export function specsFolder() {
  const folder = process.env.LATCHKEY_SPECS ?? join(ROOT, '..', 'shared', 'specs');
  return existsSync(folder) ? folder : undefined;
}

/** One published document, ready to check answers against. */
export class Spec {
  /** @param {string} file */
  constructor(file) {
    /** @type {Json} */
    this.document = nullable(parse(readFileSync(file, 'utf8')));
    this.ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, logger: false });
    this.ajv.addSchema(this.document, 'spec');
    /** @type {Map<string, import('ajv').ValidateFunction>} */
    this.compiled = new Map();
    /** @type {Map<string, { pointer: string, operation: Json }>} by operation id */
    this.operations = new Map();
    for (const [path, methods] of Object.entries(this.document.paths ?? {}))
      for (const [method, operation] of Object.entries(methods))
        if (operation?.operationId)
          this.operations.set(operation.operationId, { pointer: `/paths/${escape(path)}/${method}`, operation });
  }

  /**
   * What is wrong with an answer to an operation; empty when nothing is.
   *
   * @param {string} id
   * @param {number} status
   * @param {unknown} body
   * @returns {string[]}
   */
  problemsOf(id, status, body) {
    const found = this.operations.get(id);
    if (!found) return [];
    const responses = found.operation.responses;
    const key = responses[status] ? String(status) : responses.default ? 'default' : undefined;
    if (!key) return [`status ${status} is not documented`];
    const response = this.follow(responses[key]);
    const media = response.value.content?.['application/json'];
    if (!media?.schema || body === undefined) return [];
    const pointer = `${response.pointer ?? `${found.pointer}/responses/${key}`}/content/application~1json/schema`;
    return this.problemsAt(pointer, media.schema, body);
  }

  /**
   * @param {string} pointer where in the document the schema stands
   * @param {Json} schema
   * @param {unknown} body
   */
  problemsAt(pointer, schema, body) {
    let validate = this.compiled.get(pointer);
    if (!validate) {
      validate = this.ajv.compile({ $ref: `spec#${encodeURI(pointer)}` });
      this.compiled.set(pointer, validate);
    }
    const problems = new Set();
    if (!validate(body)) {
      const errors = validate.errors ?? [];
      for (const { instancePath, message, params, keyword } of errors) {
        // What a union's branches say of themselves repeats what the union says.
        if (keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'if') continue;
        // The null that a value might have been is no news when the value itself is told to be wrong.
        const isNull = (/** @type {Json} */ error) => error.params.type === 'null';
        if (isNull({ params }) && errors.some((other) => !isNull(other) && other.instancePath.startsWith(instancePath)))
          continue;
        const detail = params.allowedValues ? ` (${params.allowedValues.join(', ')})` : '';
        problems.add(`${anyIndex(instancePath) || '/'} ${message}${detail}`);
      }
    }
    for (const path of this.unknownFields(schema, body, '')) problems.add(`${path} is not in the document`);
    return [...problems];
  }

  /**
   * Fields of a value that its schema does not name.
   *
   * @param {Json} schema
   * @param {unknown} value
   * @param {string} path
   * @returns {string[]}
   */
  unknownFields(schema, value, path) {
    const parts = this.flatten(schema);
    if (Array.isArray(value)) {
      const items = parts.map((part) => part.items).filter(Boolean);
      if (items.length === 0) return [];
      return [...new Set(value.flatMap((item) => this.unknownFields({ anyOf: items }, item, `${path}/*`)))];
    }
    if (typeof value !== 'object' || value === null) return [];
    const known = parts.filter((part) => part.properties);
    const isOpen = parts.some((part) => part.additionalProperties && typeof part.additionalProperties !== 'undefined');
    if (known.length === 0) return [];
    return Object.entries(value).flatMap(([name, member]) => {
      const schemas = known.map((part) => part.properties[name]).filter(Boolean);
      if (schemas.length) return this.unknownFields({ anyOf: schemas }, member, `${path}/${name}`);
      return isOpen ? [] : [`${path}/${name}`];
    });
  }

  /**
   * A schema's own parts: references followed, unions and intersections opened.
   *
   * @param {Json} schema
   * @returns {Json[]}
   */
  flatten(schema, depth = 0) {
    const { value } = this.follow(schema);
    if (depth > 12) return [];
    const inner = [...(value.allOf ?? []), ...(value.oneOf ?? []), ...(value.anyOf ?? [])];
    return [value, ...inner.flatMap((part) => this.flatten(part, depth + 1))];
  }

  /**
   * @param {Json} node
   * @returns {{ value: Json, pointer?: string }}
   */
  follow(node) {
    if (typeof node?.$ref !== 'string') return { value: node };
    const pointer = node.$ref.replace(/^(spec)?#/, '');
    /** @type {any} */
    let value = this.document;
    for (const step of decodeURI(pointer).split('/').slice(1))
      value = value?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    return value?.$ref ? this.follow(value) : { value: value ?? {}, pointer };
  }
}

/** The newest document of an API, or of the version asked for where there is one. */
export class Specs {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    /** @type {Map<string, Spec>} */
    this.loaded = new Map();
  }

  /**
   * @param {string} api
   * @param {string} [version]
   */
  get(api, version) {
    const versions = readdirSync(join(this.folder, api)).sort();
    const wanted = `${version}.yml`;
    const name = versions.includes(wanted) ? wanted : /** @type {string} */ (versions.at(-1));
    const key = `${api}/${name}`;
    let spec = this.loaded.get(key);
    if (!spec) this.loaded.set(key, (spec = new Spec(join(this.folder, key))));
    return spec;
  }
}

/** @param {string} path */
const anyIndex = (path) => path.replace(/\/\d+(?=\/|$)/g, '/*');

/** @param {string} step */
const escape = (step) => step.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * OpenAPI 3.0's `nullable` in JSON Schema's words, and references that resolve within the added document.
 *
 * @param {any} node
 * @returns {any}
 */
function nullable(node) {
  if (Array.isArray(node)) return node.map(nullable);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable: isNullable, ...rest } = node;
  const converted = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, nullable(value)]));
  if (typeof converted.$ref === 'string') converted.$ref = converted.$ref.replace(/^#/, 'spec#');
  return isNullable === true ? { anyOf: [converted, { type: 'null' }] } : converted;
}
