import { readFileSync } from 'node:fs';
import type { ApiErrorItem } from '@latchkey/core';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';

/** What is declared cannot be applied; the message says where and why, one problem a line. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
}

/** What an installation is to hold, as somebody wrote it down. `identity` checks it against its `Declaration`. */
export interface DeclarationSource {
  declaration: object;
  /** Tells what `identity` found wrong with it, with the places in the file. */
  explain(errors: readonly ApiErrorItem[]): DeclarationError;
}

/** An instance as far as a start must look into it. */
export interface DeclaredInstance {
  name?: string;
  environment?: string;
  frontend_api?: string;
  fapi_url?: string;
  hosts?: string[];
  secret_keys?: string[];
}

/** A declaration made by the program itself. */
export const builtInDeclaration = (declaration: object): DeclarationSource => ({
  declaration,
  explain: (errors) => new DeclarationError(errors.map(sentence).join('\n')),
});

/**
 * Reads a declaration from a YAML file.
 *
 * @throws DeclarationError when it cannot be read or is not YAML
 */
export function readDeclaration(file: string): DeclarationSource {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new DeclarationError(`${file} cannot be read: ${(error as Error).message}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const lineOf = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => `${file}:${lineOf(error.pos[0])}: ${error.message}`);
    throw new DeclarationError(problems.join('\n'));
  }
  const declaration = document.toJS() as unknown;
  if (typeof declaration !== 'object' || declaration === null || Array.isArray(declaration)) {
    throw new DeclarationError(`${file}: must hold "applications:" and what they are`);
  }
  return {
    declaration,
    explain: (errors) => {
      const problems = errors.map((error) => {
        const offset = offsetOf(document, pathOf(error, declaration));
        return { line: offset === undefined ? 1 : lineOf(offset), text: sentence(error) };
      });
      const sorted = problems.sort((a, b) => a.line - b.line);
      return new DeclarationError(sorted.map(({ line, text }) => `${file}:${line}: ${text}`).join('\n'));
    },
  };
}

/** The instances of a declaration, as far as it has the right shape; what has not is for `identity` to refuse. */
export function instancesOf(declaration: object): DeclaredInstance[] {
  const { applications } = declaration as { applications?: { instances?: DeclaredInstance[] }[] };
  if (!Array.isArray(applications)) return [];
  return applications.flatMap((application) => {
    const instances = application?.instances;
    return Array.isArray(instances) ? instances.filter((one) => typeof one === 'object' && one !== null) : [];
  });
}

function sentence({ code, long_message, meta }: ApiErrorItem): string {
  return code === 'form_param_unknown' ? `${String(meta?.param_name)} is not a field of a declaration.` : long_message;
}

/** Where an error is: a path into the declaration, or the name of the instance that it is about. */
function pathOf(error: ApiErrorItem, declaration: object): string[] {
  const param = String((error.meta?.param_name as string | undefined) ?? '');
  const { applications } = declaration as { applications?: { instances?: { name?: unknown }[] }[] };
  for (const [i, application] of (Array.isArray(applications) ? applications : []).entries()) {
    const j = (application?.instances ?? []).findIndex(({ name }) => name === param);
    if (j >= 0) return ['applications', String(i), 'instances', String(j), 'name'];
  }
  return param.split('.');
}

/** The place of a path's key in the text, or of the nearest thing around it that is there. */
function offsetOf(document: Document, path: string[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const name = path[length - 1];
    const items = (parent as { items?: unknown[] } | null)?.items ?? [];
    for (const item of items) {
      const key = (item as { key?: unknown } | null)?.key;
      if (isNode(key) && String(key) === name) return key.range?.[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
