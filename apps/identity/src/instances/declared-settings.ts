import type { JsonObject } from '@latchkey/contracts';
import { InstanceSettings } from './instances.settings.js';

type Json = JsonObject[string];

/**
 * The settings of an instance after a declaration: what it names is as it says; what the declaration before named and this
 * one does not has its default again; the rest stays as it was set through the API.
 */
export function withDeclared(present: object, before: JsonObject, declared: JsonObject): InstanceSettings {
  const settings = structuredClone(present) as JsonObject;
  for (const path of leavesOf(before)) remove(settings, path);
  for (const path of leavesOf(declared)) set(settings, path, valueAt(declared, path)!);
  return InstanceSettings.parse(settings);
}

/** The names of what a declaration takes back from the API: it said this before already, and it was changed since. */
export function takenBack(present: object, before: JsonObject, declared: JsonObject): string[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return leavesOf(declared)
    .filter((path) => {
      const value = valueAt(declared, path);
      return same(value, valueAt(before, path)) && !same(value, valueAt(present as JsonObject, path));
    })
    .map((path) => path.join('.'));
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function leavesOf(object: JsonObject): string[][] {
  return Object.entries(object).flatMap(([name, value]) =>
    isObject(value) ? leavesOf(value).map((path) => [name, ...path]) : [[name]],
  );
}

function valueAt(object: JsonObject, path: string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const name of path) value = isObject(value) ? value[name] : undefined;
  return value;
}

function set(object: JsonObject, path: string[], value: Json): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) object[name] = value;
  else {
    if (!isObject(object[name])) object[name] = {};
    set(object[name], rest, value);
  }
}

function remove(object: JsonObject, path: string[]): void {
  const parent = valueAt(object, path.slice(0, -1));
  if (path.length === 1) delete object[path[0]!];
  else if (isObject(parent)) delete parent[path.at(-1)!];
}
