/** Finds in the code which errors are thrown, with what status and words. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './project.mjs';

/** @typedef {{ code: string, status: number | undefined, text: string, file: string, by: string }} ErrorSite */

const FILES = ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'];
const LEVELS = 6;

/**
 * Every place that names a code of an error, except where one is compared with.
 *
 * @param {ReadonlySet<string>} codes
 * @returns {ErrorSite[]}
 */
export function errorSites(codes) {
  const files = FILES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).map((file) => file.replaceAll('\\', '/'));
  return files
    .filter((file) => !/\.spec\.ts$|\/(testing|test|generated)\/|error-codes\.ts$/.test(file))
    .sort()
    .flatMap((file) => sitesIn(file, codes));
}

/** What is thrown where input does not fit its schema. */
const UNPROCESSABLE = 422;
/** Factories that other files call: the status that each gives. */
const SHARED = /** @type {Record<string, number>} */ ({ paramError: UNPROCESSABLE, svixBadRequest: 400 });

/** @param {string} file @param {ReadonlySet<string>} codes */
function sitesIn(file, codes) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const by = file.split('/')[1] ?? '';
  /** @type {ErrorSite[]} */
  const sites = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    const isName =
      ts.isPropertyAssignment(node.parent ?? node) && /** @type {ts.PropertyAssignment} */ (node.parent).name === node;
    if ((ts.isStringLiteral(node) || (ts.isIdentifier(node) && isName)) && codes.has(node.text)) {
      const found = carrier(node, source);
      if (found) sites.push({ code: node.text, file, by, ...found });
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return sites;
}

/**
 * What is made of a code: the status and words of the call around it.
 *
 * @param {ts.Node} literal @param {ts.SourceFile} source
 */
function carrier(literal, source) {
  /** @type {ts.Node} */
  let node = literal.parent;
  if (ts.isBinaryExpression(node) || ts.isLiteralTypeNode(node) || ts.isCaseClause(node)) return undefined;
  const isOfSchema =
    /params: \{ code: '\w+' \}/.test(node.parent.parent?.getText(source) ?? '') ||
    /\.schemas\.ts$|validation\.pipe/.test(source.fileName);
  let item = ts.isPropertyAssignment(node) && ts.isObjectLiteralExpression(node.parent) ? node.parent : undefined;
  if (item && !item.properties.some((property) => property.name?.getText(source) === 'long_message')) item = undefined;
  for (let level = 0; level < LEVELS && node; level++, node = node.parent) {
    if (ts.isNewExpression(node) && node.expression.getText(source) === 'ApiError')
      return { status: numberIn(node.arguments), text: item ? longMessage(item, source) : '' };
    if (ts.isCallExpression(node)) {
      const at = node.arguments.findIndex((argument) => argument === literal);
      const status = numberIn(node.arguments) ?? statusOf(node.expression.getText(source), source);
      const words = at < 0 ? [] : node.arguments.slice(at + 1).flatMap((argument) => wordsOf(argument));
      return {
        status: status ?? (isOfSchema ? UNPROCESSABLE : undefined),
        text: item ? longMessage(item, source) : (words.at(-1) ?? ''),
      };
    }
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) break;
  }
  const only = new Set(
    [...source.text.matchAll(/(?:new ApiError|refusal)\(\s*(\d{3})/g)].map(([, status]) => Number(status)),
  );
  return {
    status: isOfSchema ? UNPROCESSABLE : only.size === 1 ? [...only][0] : undefined,
    text: item ? longMessage(item, source) : besides(literal),
  };
}

/** @param {ts.NodeArray<ts.Expression> | undefined} list */
const numberIn = (list) => {
  const found = list?.find((argument) => ts.isNumericLiteral(argument));
  return found && Number(found.getText());
};

/**
 * The status that a function gives to what it makes, as its file says.
 *
 * @param {string} name @param {ts.SourceFile} source
 */
function statusOf(name, source) {
  if (SHARED[name]) return SHARED[name];
  const [, status] =
    new RegExp(`(?:const|function) ${name}\\b(?:(?!\\n\\n)[^])*?(?:new ApiError|refusal)\\(\\s*(\\d{3})`).exec(
      source.text,
    ) ?? [];
  if (status) return Number(status);
  return new RegExp(`(?:const|function) ${name}\\b(?:(?!\\n\\n)[^])*?paramError\\(`).test(source.text)
    ? UNPROCESSABLE
    : undefined;
}

/** @param {ts.ObjectLiteralExpression} item @param {ts.SourceFile} source */
function longMessage(item, source) {
  const found = item.properties.find((property) => property.name?.getText(source) === 'long_message');
  return found && ts.isPropertyAssignment(found) ? (wordsOf(found.initializer)[0] ?? '') : '';
}

/** The text of an expression, with `…` where it depends. @param {ts.Node} node @returns {string[]} */
function wordsOf(node) {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('')];
  return [];
}

/** Words that stand beside a code in a list. @param {ts.Node} literal */
const besides = ({ parent }) =>
  ts.isPropertyAssignment(parent) && ts.isStringLiteral(parent.initializer) && parent.initializer.text.includes(' ')
    ? parent.initializer.text
    : '';
