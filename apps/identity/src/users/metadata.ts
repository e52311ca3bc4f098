import type { JsonObject } from '@latchkey/contracts';
import { paramError } from '@latchkey/core';

const LIMIT_BYTES = 8192;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A document with another merged into it: objects are merged at every depth, null removes a key, anything else replaces. */
export function mergeMetadata(document: unknown, patch: JsonObject): JsonObject {
  const merged: JsonObject = isObject(document) ? { ...document } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else
      setOwn(
        merged,
        key,
        isObject(value) ? mergeMetadata(Object.hasOwn(merged, key) ? merged[key] : {}, value) : value,
      );
  }
  return merged;
}

/** Sets a key of its own, even one named `__proto__`, which JSON may hold. */
function setOwn(target: JsonObject, key: string, value: JsonObject[string]): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** @throws `form_param_exceeds_allowed_size` (422) for a document above 8 KB */
export function requireMetadataSize(param: string, document: unknown): void {
  if (Buffer.byteLength(JSON.stringify(document)) <= LIMIT_BYTES) return;
  throw paramError('form_param_exceeds_allowed_size', param, 'is too large', `${param} must not be larger than 8 KB.`);
}
