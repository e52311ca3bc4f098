import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { ROOT } from '../lib/project.mjs';

/** @typedef {Record<string, any>} Json */
/** @typedef {(problem: string, value: unknown, spec: Spec) => boolean} Excepted whether a problem with a value is none */

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
    this.openParts(this.document.paths);
    this.openParts(this.document['x-webhooks']);
    this.openParts(this.document.components);
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
   * @param {Excepted} [isExcepted]
   * @returns {string[]}
   */
  problemsOf(id, status, body, isExcepted = () => false) {
    const found = this.operations.get(id);
    if (!found) return [];
    const responses = found.operation.responses;
    const key = responses[status] ? String(status) : responses.default ? 'default' : undefined;
    if (!key) {
      const problem = `status ${status} is not documented`;
      if (!isExcepted(problem, status, this)) return [problem];
      // A refusal that the operation does not list is still one of the API's own.
      return status < 400 ? [] : this.problemsAt('/components/schemas/ClerkErrors', body, isExcepted);
    }
    const response = this.follow(responses[key]);
    const media = response.value.content?.['application/json'];
    if (!media?.schema || body === undefined) return [];
    const pointer = `${response.pointer ?? `${found.pointer}/responses/${key}`}/content/application~1json/schema`;
    return this.problemsAt(pointer, body, isExcepted);
  }

  /**
   * Fields that the schema does not name are told one by one and then taken out, so that they hide nothing of the rest.
   *
   * @param {string | Json} schema a schema, or the pointer to one in the document
   * @param {unknown} body
   * @param {Excepted} [isExcepted]
   * @param {string} [at] the path of `body`, where it is a part of an answer
   */
  problemsAt(schema, body, isExcepted = () => false, at = '') {
    const problems = new Set();
    const rest = structuredClone(body);
    const validate = this.validatorOf(schema);
    for (const { path, name, owner } of this.unknownFields(
      typeof schema === 'string' ? { $ref: `spec#${schema}` } : schema,
      rest,
      at,
    )) {
      const problem = `${path} is not in the document`;
      if (!isExcepted(problem, owner[name], this)) problems.add(problem);
      delete owner[name];
    }
    if (!validate(rest)) {
      const errors = validate.errors ?? [];
      for (const { instancePath, message, params, keyword } of errors) {
        // What a union's branches say of themselves repeats what the union says.
        if (keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'if') continue;
        // The null that a value might have been is no news when the value itself is told to be wrong.
        const isNull = (/** @type {Json} */ error) => error.params.type === 'null';
        if (isNull({ params }) && errors.some((other) => !isNull(other) && other.instancePath.startsWith(instancePath)))
          continue;
        const detail = params.allowedValues
          ? ` (${params.allowedValues.join(', ')})`
          : params.additionalProperty
            ? ` (${params.additionalProperty})`
            : '';
        const problem = `${at + anyIndex(instancePath) || '/'} ${message}${detail}`;
        if (!isExcepted(problem, valueAt(rest, instancePath), this)) problems.add(problem);
      }
    }
    return [...problems];
  }

  /**
   * @param {string | Json} schema a schema, or the pointer to one in the document
   * @throws `MissingRefError` of ajv when the document lacks what the schema refers to
   */
  validatorOf(schema) {
    const key = typeof schema === 'string' ? schema : JSON.stringify(schema);
    let validate = this.compiled.get(key);
    if (!validate) {
      validate = this.ajv.compile(typeof schema === 'string' ? { $ref: `spec#${encodeURI(schema)}` } : schema);
      this.compiled.set(key, validate);
    }
    return validate;
  }

  /**
   * Fields of a value that its schema does not name.
   *
   * @param {Json} schema
   * @param {any} value
   * @param {string} path
   * @returns {{ path: string, name: string, owner: Json }[]}
   */
  unknownFields(schema, value, path) {
    const parts = this.flatten(schema);
    if (Array.isArray(value)) {
      const items = parts.map((part) => part.items).filter(Boolean);
      if (items.length === 0) return [];
      return value.flatMap((item) => this.unknownFields({ anyOf: items }, item, `${path}/*`));
    }
    if (typeof value !== 'object' || value === null) return [];
    const known = parts.filter((part) => part.properties);
    const isOpen = parts.some((part) => part.additionalProperties && typeof part.additionalProperties !== 'undefined');
    if (known.length === 0) return [];
    return Object.entries(value).flatMap(([name, member]) => {
      const schemas = known.map((part) => part.properties[name]).filter(Boolean);
      // Some documents require what they forget to describe.
      if (!schemas.length && parts.some((part) => part.required?.includes(name))) return [];
      if (schemas.length) return this.unknownFields({ anyOf: schemas }, member, `${path}/${name}`);
      return isOpen ? [] : [{ path: `${path}/${name}`, name, owner: value }];
    });
  }

  /**
   * A part of an intersection that takes no further fields forbids, by the letter, what the other parts add to it. That is never
   * meant: such parts are pointed to copies without that rule. What no part names is found by `unknownFields`.
   *
   * @param {any} node
   */
  openParts(node) {
    if (typeof node !== 'object' || node === null) return;
    for (const [i, part] of (node.allOf ?? []).entries()) {
      const { value, pointer } = this.follow(part);
      if (value.additionalProperties !== false) continue;
      const { additionalProperties: _closed, ...open } = value;
      const [, name] = /^\/components\/schemas\/([^/]+)$/.exec(pointer ?? '') ?? [];
      if (name) this.document.components.schemas[`${name}~open`] ??= open;
      node.allOf[i] = name ? { $ref: `spec#/components/schemas/${name}~0open` } : open;
    }
    for (const member of Object.values(node)) this.openParts(member);
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

/**
 * A snapshot of part of the API that was never kept up, unlike the documents around it: what was added to every version since
 * is missing there. What it shares with the version before stands in that one's document.
 */
const FROZEN = '2025-03-12';

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
    const named = versions.indexOf(`${version}.yml`);
    const wanted = versions[version === FROZEN ? named - 1 : named];
    const name = wanted ?? /** @type {string} */ (versions.at(-1));
    const key = `${api}/${name}`;
    let spec = this.loaded.get(key);
    if (!spec) this.loaded.set(key, (spec = new Spec(join(this.folder, key))));
    return spec;
  }
}

/**
 * @param {any} value
 * @param {string} pointer
 */
const valueAt = (value, pointer) =>
  pointer
    .split('/')
    .slice(1)
    .reduce((at, step) => at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], value);

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
