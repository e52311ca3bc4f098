/** @needs specs */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations, type Api, type Operation } from '@latchkey/contracts';
import { projectRoot } from '@latchkey/postgres';
import { parse } from 'yaml';
import { sources } from './controllers.js';

interface Parameter {
  name: string;
  in: string;
  description?: string;
  schema?: { enum?: string[] };
}
interface Document {
  paths: Record<string, Record<string, { operationId?: string; parameters?: object[] }>>;
  components: object;
}

const SPECS = process.env.LATCHKEY_SPECS ?? join(projectRoot(), '..', 'shared', 'specs');
/** The version that the product answers with. */
const VERSION = '2026-05-12.yml';
/** The orders in the words of a parameter's description: "... by their `name`, `created_at` or `key`." */
const ORDERS = /\bby (?:their )?(`?\w+`?(?:,? or |, )(?:(?:,? or |, )?`?\w+`?)+)\./;
/** Every list is asked for parts of it, by one test for all of them. */
const PARTS = new Set(['limit', 'offset']);

/** What the cases of a list must name: each parameter, and each order and state that there is. */
function wanted({ name, description = '', schema }: Parameter): string[] {
  if (PARTS.has(name)) return [];
  if (name === 'status') return (schema?.enum ?? ['']).map((state) => `status=${state}`);
  if (name !== 'order_by') return [`${name}=`];
  const orders = [...(ORDERS.exec(description)?.[1]?.matchAll(/[a-z]\w+/g) ?? [])].map(([word]) => word);
  return orders.filter((word) => word !== 'or').map((order) => `order_by=${order}`);
}

/** The lists of a published document that belong to organizations, with what their cases must name. */
function listsOf(api: Api): [operation: string, wanted: string[]][] {
  const document = parse(readFileSync(join(SPECS, api, VERSION), 'utf8')) as Document;
  const followed = (part: object): Parameter => {
    const found = '$ref' in part ? at(document, String(part.$ref)) : part;
    return found as Parameter;
  };
  const owned = operations[api] as Record<string, Operation | undefined>;
  return Object.values(document.paths).flatMap(({ get }) => {
    const id = get?.operationId;
    if (!id || owned[id]?.owner !== 'organizations') return [];
    const parameters = (get.parameters ?? []).map(followed).filter((parameter) => parameter.in === 'query');
    const isList = parameters.some(({ name }) => name === 'limit');
    return isList ? [[`${api.toUpperCase()} ${id}`, parameters.flatMap(wanted)]] : [];
  });
}

const at = (document: Document, reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], document);

const [spec] = sources('apps/organizations/src/access/lists.int.spec.ts');
/** The statements of its `describe`: `list('BAPI ListOrganizations', ...)`, and cases that several lists share. */
const statements = spec!.text.split(/^ {2}(?=\w)/m);
const shared = new Map(
  statements.flatMap((one) => {
    const name = /^const (\w+)\b.*\bCase\[\]/.exec(one)?.[1];
    return name ? [[name, one]] : [];
  }),
);
/** The source of the cases of each list. */
const cases = new Map(
  statements.flatMap((one) => {
    const name = /^list\(\s*'(\w+ \w+)'/.exec(one)?.[1];
    return name ? [[name, one.replace(/\b\w+\b/g, (word) => shared.get(word) ?? word)]] : [];
  }),
);

describe('every list of organizations', () => {
  const lists = [...listsOf('bapi'), ...listsOf('fapi')];

  it('is found', () => {
    expect(lists.length).toBeGreaterThan(15);
    expect(lists.flatMap(([, names]) => names)).toContain('order_by=members_count');
  });

  it.each(lists)('%s is read by each parameter that the contract has', (operation, names) => {
    const queries = cases.get(operation) ?? '';
    const isNamed = (name: string) => {
      const [parameter, value] = name.split('=') as [string, string];
      return new RegExp(`\\b${parameter}=${value && `(?:-|%2B)?${value}\\b`}`).test(queries);
    };

    expect(queries).not.toBe('');
    expect(names.filter((name) => !isNamed(name))).toEqual([]);
  });
});
