/** @typedef {{ name: string, value: number, unit: string, limit: number | null, ratio: number | null }} BenchRow */

/** What a limit is: a bare loop's rate on the same machine in the same run, or what is aimed at. */
const meaning = (/** @type {BenchRow} */ { unit, limit }) =>
  limit === null ? '' : unit === '/s' ? 'bare loop' : 'aim: below';

const number = (/** @type {number | null} */ value) =>
  value === null ? '' : value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : 2 });

/**
 * The results of `npm run bench` as a page.
 *
 * @param {BenchRow[]} rows
 */
export function benchMarkdown(rows) {
  const lines = rows.map(
    (row) =>
      `| ${row.name} | ${number(row.value)} ${row.unit} | ${meaning(row)} | ${number(row.limit)} | ${row.ratio?.toFixed(2) ?? ''} |`,
  );
  return `<!-- Made by \`npm run bench\` from bench.json; do not edit. -->

# Speed

One run of \`npm run bench\`: a standalone server, its Postgres, the load and the bare loops on one machine, each on what the
others leave it. Compare ratios, not figures: they are what stays when the machine changes. Where the limit is a bare loop
(only signing, only hashing, only a select behind Fastify, only signed posts) a ratio of 1 would mean that the product costs nothing
beside it; where it is an aim, less is better.

| measured | value | limit | is | ratio |
| --- | ---: | --- | ---: | ---: |
${lines.join('\n')}
`;
}
