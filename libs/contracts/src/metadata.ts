import { paramError } from '@latchkey/core';
import { METADATA_LIMIT_BYTES, type JsonObject } from './formats.js';

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A metadata document with a patch merged into it (`PATCH .../metadata`): objects merge at every depth, null removes a key,
 * anything else replaces.
 */
export function mergeMetadata(document: unknown, patch: JsonObject): JsonObject {
  const merged = new Map<string, JsonObject[string]>(isObject(document) ? Object.entries(document) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, isObject(value) ? mergeMetadata(merged.get(key), value) : value);
  }
  return Object.fromEntries(merged);
}

/** @throws `form_param_exceeds_allowed_size` (422) when the document is larger than 8 KB */
export function requireMetadataSize(param: string, document: JsonObject): JsonObject {
  if (Buffer.byteLength(JSON.stringify(document)) <= METADATA_LIMIT_BYTES) return document;
  throw paramError('form_param_exceeds_allowed_size', param, 'is too large', `${param} must not be larger than 8 KB.`);
}

/**
 * The two documents of a row with the given patches merged into them, as its columns; a document without a patch is left out.
 *
 * @throws `form_param_exceeds_allowed_size` (422)
 */
export function mergedMetadata(
  row: { publicMetadata: unknown; privateMetadata: unknown },
  patch: { public_metadata?: JsonObject | null; private_metadata?: JsonObject | null },
): { publicMetadata?: JsonObject; privateMetadata?: JsonObject } {
  const { public_metadata: shown, private_metadata: hidden } = patch;
  const merged = (param: string, document: unknown, change: JsonObject) =>
    requireMetadataSize(param, mergeMetadata(document, change));
  return {
    ...(shown && { publicMetadata: merged('public_metadata', row.publicMetadata, shown) }),
    ...(hidden && { privateMetadata: merged('private_metadata', row.privateMetadata, hidden) }),
  };
}
