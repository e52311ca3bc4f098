import Ajv from 'ajv';
import { exceptions } from './exceptions.mjs';

/** @typedef {import('./specs.mjs').Excepted} Excepted */
/** @typedef {import('./specs.mjs').Spec} Spec */

/**
 * What is excepted of the answers of one operation, or of the events of one type.
 *
 * @param {string} api
 * @param {string} operation
 * @returns {Excepted}
 */
export function exceptedOf(api, operation) {
  const mine = exceptions.filter(
    (exception) =>
      exception.api === api && [exception.operation].flat().some((one) => one === '*' || one === operation),
  );
  /** @type {Excepted} */
  const isExcepted = (problem, value, spec) =>
    mine.some(
      (exception) =>
        matches(exception.problem, problem) &&
        (!exception.value || isAs(spec, exception.value, value, isExcepted, problem)),
    );
  return isExcepted;
}

/**
 * Whether a value is as a schema says; no when the document, of an older version perhaps, lacks what that refers to.
 *
 * @param {Spec} spec
 * @param {object} schema
 * @param {unknown} value
 * @param {Excepted} isExcepted
 * @param {string} problem begins with the value's path
 */
function isAs(spec, schema, value, isExcepted, problem) {
  const path = (problem.split(' ')[0] ?? '').replace(/^\/$/, '');
  try {
    return spec.problemsAt(schema, value, isExcepted, path).length === 0;
  } catch (error) {
    if (error instanceof Ajv.MissingRefError) return false;
    throw error;
  }
}

/**
 * @param {string} pattern
 * @param {string} text
 */
function matches(pattern, text) {
  return new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(text);
}
