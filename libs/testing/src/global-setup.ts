/**
 * Before the integration specs: one Postgres for all of them, unless TEST_DATABASE_URL names one, and in it a migrated database
 * of each service, which every spec file copies. Workers inherit the variable, so that `startPostgres()` in a spec answers with
 * this server.
 *
 * Jest loads this file outside its own module system, where neither `@latchkey/*` nor `./x.js` for `./x.ts` mean anything; the
 * tools' loader teaches Node both. Needs Node 24, as the npm scripts use.
 */
export default async function setUp(): Promise<void> {
  await import('../../../tools/lib/typescript.mjs');
  const { startPostgres } = (await import('./backing/postgres.js')) as typeof import('./backing/postgres.js');
  const { prepareTemplates } = (await import('./databases.js')) as typeof import('./databases.js');
  const postgres = await startPostgres();
  process.env.TEST_DATABASE_URL = postgres.url;
  Object.assign(globalThis, { latchkeyTestPostgres: postgres });
  await prepareTemplates(postgres.url);
}
