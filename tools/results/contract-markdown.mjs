/** @typedef {{ owner: string, routed: boolean, exercised: boolean, valid: boolean, problems: string[] }} OperationResult */
/** @typedef {{ emitted: boolean, valid: boolean, problems: string[] }} EventResult */
/** @typedef {{ fapi: Record<string, OperationResult>, bapi: Record<string, OperationResult>, webhooks: Record<string, EventResult> }} Result */

const count = (/** @type {any[]} */ entries, /** @type {string} */ key) => entries.filter((entry) => entry[key]).length;

/** @param {Result} result */
function summary({ fapi, bapi, webhooks }) {
  const rows = Object.entries({ fapi, bapi }).flatMap(([api, operations]) => {
    const entries = Object.values(operations);
    return [...new Set(entries.map(({ owner }) => owner))].sort().map((owner) => {
      const mine = entries.filter((entry) => entry.owner === owner);
      const counts = ['routed', 'exercised', 'valid'].map((key) => count(mine, key));
      return `| ${[api, owner, mine.length, ...counts].join(' | ')} |`;
    });
  });
  const events = Object.values(webhooks);
  const counts = ['emitted', 'emitted', 'valid'].map((key) => count(events, key));
  return [...rows, `| ${['webhooks', '', events.length, ...counts].join(' | ')} |`].join('\n');
}

/**
 * Those that are not valid, under what keeps them from it: many share one reason.
 *
 * @param {Record<string, OperationResult | EventResult>} entries
 */
function rest(entries) {
  /** @type {Map<string, string[]>} */
  const byReason = new Map();
  for (const [id, { valid, problems }] of Object.entries(entries)) {
    if (valid) continue;
    for (const problem of problems) byReason.set(problem, [...(byReason.get(problem) ?? []), id]);
  }
  if (byReason.size === 0) return 'Nothing.';
  return [...byReason]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([reason, ids]) =>
        `- ${escaped(reason)}: ${ids
          .sort()
          .map((id) => `\`${id}\``)
          .join(', ')}`,
    )
    .join('\n');
}

/** What a page would take for markup. */
const escaped = (/** @type {string} */ text) => text.replace(/[\\`*_<>[\]|]/g, '\\$&');

/**
 * The results of `npm run contract` as a page.
 *
 * @param {Result} result
 */
export function contractMarkdown(result) {
  return `<!-- Made by \`npm run contract\` from contract.json; do not edit. -->

# The contract

What the integration tests have exchanged, held against the published documents. *Routed*: a handler is there. *Exercised*: a
test has seen it succeed (of a webhook: has seen the event). *Valid*: and every answer the tests have seen, refusals too, is as the
document says; the exceptions that the SDKs force stand with their reasons in \`tools/contract/exceptions.mjs\`.

| API | owner | operations | routed | exercised | valid |
| --- | --- | ---: | ---: | ---: | ---: |
${summary(result)}

## What is not valid, and why

### FAPI

${rest(result.fapi)}

### BAPI

${rest(result.bapi)}

### Webhooks

${rest(result.webhooks)}
`;
}
