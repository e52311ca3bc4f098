/**
 * Lists and replays events that consumers could not handle. Usage:
 *
 *   npm run dead-letters -- list [--service S] [--all] [--json]
 *   npm run dead-letters -- show --id ID
 *   npm run dead-letters -- replay --id ID | --service S | --all
 *   npm run dead-letters -- discard --id ID
 *
 * ID is a letter's or its event's. `--service` is the service that could not handle it. With KAFKA_BROKERS (also as `npm run infra` has
 * written it) the letters are those on Kafka; else, or with `--standalone`, those of the standalone installation that DATABASE_URL or
 * LATCHKEY_DATA_DIR names. `list` leaves out what is settled, `list --all` does not. A replay hands the event to that one consumer
 * again, waits for the outcome and says it; one that fails again is a new letter.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { eventIn } from './lib/dead-letters.mjs';
import { ROOT, SERVICES } from './lib/project.mjs';
import './lib/typescript.mjs';

const HAND_OVER_MS = 60_000;
const COMMANDS = ['list', 'show', 'replay', 'discard'];

/** @typedef {import('./lib/dead-letters.mjs').Letter} Letter */
/** @typedef {import('./lib/dead-letters.mjs').DeadLetterStore} DeadLetterStore */

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      service: { type: 'string' },
      id: { type: 'string' },
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      standalone: { type: 'boolean', default: false },
    },
  });
  const [command = '', ...more] = positionals;
  if (!COMMANDS.includes(command) || more.length > 0) throw new Error(`Say one of ${COMMANDS.join(', ')}.`);
  if (values.service && !SERVICES.includes(values.service))
    throw new Error(`There is no service ${values.service}; there are ${SERVICES.join(', ')}.`);
  if (['show', 'discard'].includes(command) && !values.id) throw new Error(`${command} needs --id.`);
  if (command === 'replay' && !values.id && !values.service && !values.all)
    throw new Error('replay needs --id, --service or --all.');
  return { command, ...values };
}

/**
 * @param {boolean} isStandalone
 * @returns {Promise<DeadLetterStore>}
 */
async function openStore(isStandalone) {
  const infra = join(ROOT, '.latchkey', 'infra.env');
  const env = { ...(existsSync(infra) ? parseEnv(readFileSync(infra, 'utf8')) : {}), ...process.env };
  if (env.KAFKA_BROKERS && !isStandalone) {
    const { kafkaDeadLetters } = await import('./lib/dead-letters-kafka.mjs');
    const { kafkaSecurity } = await import('../libs/platform/src/kafka-security.js');
    const brokers = env.KAFKA_BROKERS.split(',').map((broker) => broker.trim());
    return kafkaDeadLetters(brokers, kafkaSecurity(env));
  }
  const { tableDeadLetters } = await import('./lib/dead-letters-tables.mjs');
  return tableDeadLetters({ databaseUrl: env.DATABASE_URL, dataDir: env.LATCHKEY_DATA_DIR ?? join(ROOT, '.latchkey') });
}

/** @param {string} text */
const firstLine = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find(Boolean) ?? '';

/** @param {Letter} letter */
function summary(letter) {
  const event = eventIn(letter);
  return {
    id: letter.id,
    at: letter.at.toISOString(),
    consumer: letter.consumer,
    type: event?.type ?? null,
    event: event?.id ?? null,
    subject: event?.subject ?? null,
    settled: letter.settled ?? null,
    error: firstLine(letter.error),
  };
}

/** @param {Letter[]} letters @param {boolean} asJson */
function print(letters, asJson) {
  const rows = letters.map(summary);
  if (asJson) return console.log(JSON.stringify(rows, null, 2));
  for (const { id, at, consumer, type, event, settled, error } of rows)
    console.log(
      [id, at, consumer, type ?? 'not an event', event ?? '', settled ?? '', error].filter(Boolean).join('  '),
    );
  console.log(rows.length === 1 ? '1 dead letter' : `${rows.length} dead letters`);
}

/** @param {Letter} letter */
function show(letter) {
  const event = eventIn(letter);
  const { at, settled = 'waiting' } = letter;
  console.log(`${letter.id}\nparked ${at.toISOString()} for ${letter.consumer}, ${settled}\n\n${letter.error}\n`);
  console.log(event ? JSON.stringify(event, null, 2) : letter.text);
}

/**
 * @param {DeadLetterStore} store
 * @param {Letter[]} letters
 * @returns {Promise<boolean>} whether each was handled
 */
async function replay(store, letters) {
  let isFine = true;
  for (const letter of letters) {
    const event = eventIn(letter);
    if (!event) {
      isFine = false;
      console.log(`${letter.id}: not an event, cannot be replayed; \`discard\` settles it`);
      continue;
    }
    const since = new Set((await store.list([letter.service])).map(({ id }) => id));
    const wasTaken = await store.replay(letter, event, HAND_OVER_MS);
    const again = wasTaken ? await parkedAgain(store, letter, since) : undefined;
    isFine &&= wasTaken && !again;
    const outcome = again ? `failed again, now ${again.id}: ${firstLine(again.error)}` : 'handled';
    console.log(`${letter.id}: ${wasTaken ? outcome : `handed over; ${letter.service} has not taken it up yet`}`);
  }
  if (letters.length === 0) console.log('nothing to replay');
  return isFine;
}

/** The new letter when the consumer has failed again. @param {DeadLetterStore} store @param {Letter} letter @param {Set<string>} known */
async function parkedAgain(store, letter, known) {
  const event = eventIn(letter)?.id;
  const others = (await store.list([letter.service])).filter(({ id }) => !known.has(id));
  return others.find((other) => other.consumer === letter.consumer && eventIn(other)?.id === event);
}

async function run() {
  const { command, service, id, all, json, standalone } = readArguments();
  const store = await openStore(standalone);
  try {
    const letters = await store.list(service ? [service] : SERVICES);
    if (command === 'list') return void print(all ? letters : letters.filter(({ settled }) => !settled), json);
    const named = letters.filter((letter) => !id || letter.id === id || eventIn(letter)?.id === id);
    if (id && named.length === 0) throw new Error(`There is no dead letter ${id}.`);
    if (command === 'show') return named.forEach(show);
    const open = named.filter(({ settled }) => !settled);
    if (id && open.length === 0) throw new Error(`${id} is settled already.`);
    if (command === 'replay') process.exitCode = (await replay(store, open)) ? 0 : 1;
    else for (const letter of open) await store.settle(letter, 'discarded');
  } finally {
    await store.close();
  }
}

await run().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
