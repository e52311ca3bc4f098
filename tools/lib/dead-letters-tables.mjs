/**
 * Dead letters of a standalone installation: the table `dead_letters` of each service's database. A replay goes through the outbox of
 * the service that could not handle the event, so that the running process, or else the next one, hands it over.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import './typescript.mjs';
import { SERVICES } from './project.mjs';

const { inTransaction, startEmbeddedPostgres, withDatabase } = await import('@latchkey/postgres');

/** @typedef {import('./dead-letters.mjs').Letter} Letter */
/** @typedef {import('./dead-letters.mjs').DeadLetterStore} DeadLetterStore */

const POLL_MS = 100;

/**
 * The server that the installation in `dataDir` uses; started when nothing runs there.
 * @param {string} dataDir
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
async function embeddedServer(dataDir) {
  const folder = join(dataDir, 'postgres');
  const settings = join(folder, 'server.json');
  if (!existsSync(settings)) throw new Error(`There is no Latchkey in ${dataDir}. LATCHKEY_DATA_DIR names its folder.`);
  const { password, port } = JSON.parse(readFileSync(settings, 'utf8'));
  const url = `postgresql://latchkey:${password}@127.0.0.1:${port}/postgres`;
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return { url, stop: () => Promise.resolve() };
  } catch {
    return await startEmbeddedPostgres({ dataDir: folder });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * @param {{ databaseUrl?: string, dataDir: string }} where
 * @returns {Promise<DeadLetterStore>}
 */
export async function tableDeadLetters({ databaseUrl, dataDir }) {
  const server = databaseUrl ? { url: databaseUrl, stop: () => Promise.resolve() } : await embeddedServer(dataDir);
  const pools = new Map(
    SERVICES.map((service) => {
      const connectionString = withDatabase(server.url, `latchkey_${service}`);
      return [service, new pg.Pool({ connectionString, max: 1 })];
    }),
  );
  /** @param {string} service */
  const pool = (service) => /** @type {pg.Pool} */ (pools.get(service));

  /** @param {Letter} letter @param {string} outcome @param {(client: pg.PoolClient) => Promise<unknown>} work */
  function settleWith(letter, outcome, work) {
    return inTransaction(pool(letter.service), async (client) => {
      // Of two replays at once one waits here for the other, and then finds nothing to do.
      const settled =
        outcome === 'discarded'
          ? await client.query('DELETE FROM dead_letters WHERE id = $1 AND replayed_at IS NULL', [letter.id])
          : await client.query('UPDATE dead_letters SET replayed_at = $2 WHERE id = $1 AND replayed_at IS NULL', [
              letter.id,
              new Date(),
            ]);
      return settled.rowCount === 1 ? work(client) : undefined;
    });
  }

  return {
    async list(wanted) {
      const lists = wanted.map(async (service) => {
        const { rows } = await pool(service).query(
          'SELECT id, consumer, envelope, error, created_at, replayed_at FROM dead_letters ORDER BY created_at, id',
        );
        return rows.map((row) => ({
          id: row.id,
          service,
          consumer: row.consumer,
          error: row.error,
          at: row.created_at,
          text: row.envelope,
          settled: row.replayed_at ? 'replayed' : undefined,
        }));
      });
      return (await Promise.all(lists)).flat().sort((a, b) => a.at.getTime() - b.at.getTime());
    },
    async settle(letter, outcome) {
      await settleWith(letter, outcome, () => Promise.resolve());
    },
    async replay(letter, event, withinMs) {
      const seq = await settleWith(letter, 'replayed', async (client) => {
        const envelope = JSON.stringify({ ...event, replayfor: letter.consumer });
        const { rows } = await client.query(
          'INSERT INTO outbox (key, type, envelope, created_at) VALUES ($1, $2, $3, $4) RETURNING seq',
          [event.subject, event.type, envelope, new Date()],
        );
        return rows[0].seq;
      });
      for (const deadline = Date.now() + withinMs; Date.now() < deadline;) {
        const { rowCount } = await pool(letter.service).query('SELECT 1 FROM outbox WHERE seq = $1', [seq]);
        if (rowCount === 0) return true;
        await new Promise((wake) => setTimeout(wake, POLL_MS));
      }
      return false;
    },
    async close() {
      for (const each of pools.values()) await each.end();
      await server.stop();
    },
  };
}
