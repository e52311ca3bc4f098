export { dropDatabase, ensureDatabase } from './databases.js';
export { inTransaction, withDatabase } from './connection.js';
export { check, create, resolve } from './migrations/author.js';
export { deploy, status, type DeployOptions, type MigrationTarget } from './migrations/deploy.js';
export { type Comparison } from './migrations/ledger.js';
export { MigrationError } from './migrations/migration-error.js';
export { projectRoot } from './project-root.js';
export {
  startEmbeddedPostgres,
  startScratchPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './server/embedded-postgres.js';
export { freePort } from './server/free-port.js';
