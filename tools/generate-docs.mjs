/**
 * Writes what docs/generated holds of the code: every event type and topic (events.md, asyncapi.json), every setting
 * (settings.md, instance-settings.md) and every error (errors.md); and what it holds of the figures that `npm run bench` and
 * `npm run contract` have left there (bench.md, contract.md). Usage: `npm run generate [-- --check]`; with `--check` it writes nothing
 * and fails when a file is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorSites } from './lib/errors.mjs';
import { ROOT, SERVICES } from './lib/project.mjs';
import { benchMarkdown } from './results/bench-markdown.mjs';
import { contractMarkdown } from './results/contract-markdown.mjs';
import './lib/typescript.mjs';

const { contractErrorCodes, svixErrorCodes } = await import('@latchkey/core');
const { deadLetterTopicOf, eventTypes, publicEventTypes, topicOf } = await import('@latchkey/contracts');
const { InstanceSettings } = await import('../apps/identity/src/instances/instances.settings.js');
const FOLDER = join(ROOT, 'docs', 'generated');
const NOTICE = '<!-- Made by `npm run generate`; do not edit. -->';

/** @typedef {import('@latchkey/contracts').EventSource} EventSource */
const services = /** @type {EventSource[]} */ (SERVICES);
/** @param {EventSource} service */
const typesOf = (service) =>
  Object.entries(eventTypes)
    .filter(([, owner]) => owner === service)
    .map(([type]) => type)
    .sort();

function events() {
  const parts = services.map((service) => {
    const topic = topicOf(service);
    const dead = services.map((consumer) => `\`${deadLetterTopicOf(topic, consumer)}\``).join(', ');
    const rows = typesOf(service).map((type) => `| \`${type}\` | ${type in publicEventTypes ? 'yes' : 'no'} |`);
    const table = rows.length > 0 ? `| type | webhooks see it |\n| --- | --- |\n${rows.join('\n')}` : 'No events yet.';
    return `## \`${topic}\`\n\nMade by ${service}. Dead letters: ${dead}.\n\n${table}\n`;
  });
  return `${NOTICE}\n\n# Events\n\nCloudEvents 1.0 in structured JSON; the key is the aggregate's id.\n\n${parts.join('\n')}`;
}

function asyncapi() {
  const fields = ['id', 'source', 'type', 'subject', 'time', 'instanceid', 'clientip', 'useragent', 'traceparent'];
  const channels = services.map((service) => [
    service,
    {
      address: topicOf(service),
      messages: Object.fromEntries(typesOf(service).map((type) => [type, { $ref: `#/components/messages/${type}` }])),
    },
  ]);
  const operations = services.map((service) => [
    `publish-${service}`,
    { action: 'send', channel: { $ref: `#/channels/${service}` }, title: `${service} tells what has happened` },
  ]);
  const messages = Object.keys(eventTypes)
    .sort()
    .map((type) => [
      type,
      {
        contentType: 'application/cloudevents+json',
        payload: {
          allOf: [{ $ref: '#/components/schemas/event' }, { properties: { type: { const: type } } }],
        },
      },
    ]);
  const event = {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'data', 'instanceid'],
    properties: {
      specversion: { const: '1.0' },
      datacontenttype: { const: 'application/json' },
      ...Object.fromEntries(fields.map((name) => [name, { type: 'string' }])),
      data: { type: 'object' },
    },
  };
  const document = {
    asyncapi: '3.0.0',
    info: { title: 'Latchkey events', version: '1', license: { name: 'Apache-2.0' } },
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: { messages: Object.fromEntries(messages), schemas: { event } },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Where settings are declared, and who reads them. */
const CONFIGURATIONS = {
  standalone: 'apps/standalone/src/config.ts',
  'every process of a distributed installation': 'libs/platform/src/distributed.ts',
  'how the processes of a distributed installation listen (the gateway has ports of its own) and stop':
    'libs/platform/src/serve.ts',
  'every process': 'libs/observability/src/log.ts',
  gateway: 'apps/gateway/src/config.ts',
  identity: 'apps/identity/src/config.ts',
  organizations: 'apps/organizations/src/config.ts',
  billing: 'apps/billing/src/config.ts',
  webhooks: 'apps/webhooks/src/config.ts',
};

/** @param {string} text of a file with a schema: docstring, name and Zod type of each setting */
function settingsIn(text) {
  const found = [...text.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s+([A-Z][A-Z0-9_]+):/g)];
  return found.map((match, index) => {
    const next = found[index + 1]?.index ?? text.indexOf('\n});', match.index);
    const type = text.slice(match.index + match[0].length, next < 0 ? undefined : next);
    const preset = /\.default\(([^)]*)\)|^\s*limit\(([^)]*)\)/.exec(type);
    const value = (preset?.[1] ?? preset?.[2])?.replace(/^'(.*)'$/, '$1').replace(/(\d)_(?=\d)/g, '$1');
    const example = /example: '([^']*)'/.exec(type)?.[1];
    return {
      name: match[2],
      meaning: /** @type {string} */ (match[1]).replace(/\s*\n\s*\* ?/g, ' ').trim(),
      value:
        value === undefined ? (/\.optional\(\)/.test(type) ? '' : 'must be set') : value === '' ? '' : `\`${value}\``,
      example: example ? `\`${example}\`` : '',
    };
  });
}

function settings() {
  const parts = Object.entries(CONFIGURATIONS)
    .filter(([, file]) => existsSync(join(ROOT, file)))
    .map(([reader, file]) => {
      const rows = settingsIn(readFileSync(join(ROOT, file), 'utf8'));
      if (rows.length === 0) throw new Error(`${file} declares no setting that could be read`);
      const lines = rows.map(
        ({ name, meaning, value, example }) =>
          `| \`${name}\` | ${meaning.replaceAll('|', '\\|')} | ${value} | ${example} |`,
      );
      return `## ${reader}\n\n| setting | meaning | default | example |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`;
    });
  return `${NOTICE}\n\n# Settings\n\nEnvironment variables, read once at the start.\n\n${parts.join('\n')}`;
}

/** @typedef {import('zod').core.JSONSchema.JSONSchema & { properties?: Record<string, any>, items?: any }} Schema */

/**
 * What may be written for a setting, in words.
 *
 * @param {Schema} schema
 * @returns {string}
 */
function typeOf({ type, enum: values, anyOf, items, minimum, maximum, pattern }) {
  if (Array.isArray(type)) return type.map((one) => typeOf({ type: one, minimum, maximum, pattern })).join(' or ');
  if (anyOf) return anyOf.map((one) => typeOf(/** @type {Schema} */ (one))).join(' or ');
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'array') return `list of ${typeOf(items)}`;
  if (type === 'integer') {
    const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : ' or more';
    return `whole number, ${minimum}${most}`;
  }
  if (pattern) return `text like \`${pattern}\``;
  return { string: 'text', boolean: '`true` or `false`', object: 'object', null: 'null' }[String(type)] ?? 'anything';
}

/**
 * A row for every field of a section, also of those within it.
 *
 * @param {Schema} schema @param {string} path
 * @returns {string[]}
 */
function rowsOf(schema, path) {
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([name, field]) => rowsOf(field, `${path}.${name}`));
  if (!schema.description) throw new Error(`The setting ${path} of an instance has no description`);
  const value = schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;
  const cells = [`\`${path}\``, typeOf(schema), value, schema.description];
  return [`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`];
}

function instanceSettings() {
  const { properties = {} } = /** @type {Schema} */ (z.toJSONSchema(InstanceSettings, { io: 'input' }));
  const isSection = (/** @type {Schema} */ schema) => schema.properties !== undefined;
  const table = (/** @type {string[]} */ rows) =>
    `| setting | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  const alone = Object.entries(properties).filter(([, schema]) => !isSection(schema));
  const parts = Object.entries(properties)
    .filter(([, schema]) => isSection(schema))
    .map(([name, schema]) => `## ${name}\n\n${table(rowsOf(schema, name))}`);
  return [
    `${NOTICE}\n\n# Settings of an instance`,
    'What stands below `settings` of a declared instance ([how](../guides/instances.md)), by its path: `sessions.token_lifetime` is written `sessions: { token_lifetime: 60 }`.',
    table(alone.flatMap(([name, schema]) => rowsOf(schema, name))),
    ...parts,
  ]
    .join('\n\n')
    .replaceAll('\n\n\n', '\n\n');
}

function errors() {
  const sites = errorSites(new Set([...contractErrorCodes, ...svixErrorCodes]));
  /** @param {readonly string[]} codes */
  const table = (codes) => {
    const rows = [...codes].sort().map((code) => {
      const of = sites.filter((site) => site.code === code);
      const statuses = [...new Set(of.flatMap(({ status }) => status ?? []))].sort();
      if (statuses.length === 0) throw new Error(`${code} is a code of errors, and no error has it`);
      const by = [...new Set(of.map((site) => site.by))].sort();
      const said = of.find(({ text }) => text)?.text ?? '—';
      return `| \`${code}\` | ${statuses.join(', ')} | ${said.replaceAll('|', '\\|').replaceAll('\n', ' ')} | ${by.join(', ')} |`;
    });
    return `| code | status | what it says, or one of it | where in the code |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  };
  return [
    NOTICE,
    '# Errors',
    'A refused request is answered with `{"errors": [{"code", "message", "long_message", "meta"}], "clerk_trace_id"}`. Programs test `code`; the words are for people and may change.',
    table(contractErrorCodes),
    '## The API of webhook endpoints\n\nIts client reads `{code, detail}`, and of a 422 the list `detail`. An error of the table above may come in this shape, too.',
    table(svixErrorCodes),
  ].join('\n\n');
}

/**
 * A page of what a command has measured earlier: the same for everybody who has its figures.
 *
 * @param {string} name
 * @param {(result: any) => string} toMarkdown
 */
const measured = (name, toMarkdown) => toMarkdown(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));

const files = {
  'events.md': events(),
  'asyncapi.json': asyncapi(),
  'settings.md': settings(),
  'instance-settings.md': instanceSettings(),
  'errors.md': errors(),
  'bench.md': measured('bench.json', benchMarkdown),
  'contract.md': measured('contract.json', contractMarkdown),
};
const isCheck = process.argv.includes('--check');
mkdirSync(FOLDER, { recursive: true });
const stale = Object.entries(files).filter(([name, text]) => {
  const file = join(FOLDER, name);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});
if (!isCheck) for (const [name, text] of stale) writeFileSync(join(FOLDER, name), text);
console.log(`looked at ${Object.keys(files).length} generated files; ${stale.length} ${isCheck ? 'stale' : 'written'}`);
if (isCheck && stale.length > 0) {
  console.error(`Run \`npm run generate\`: ${stale.map(([name]) => name).join(', ')}`);
  process.exitCode = 1;
}
