import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../connection.js';
import { startScratchPostgres, type EmbeddedPostgres } from '../server/embedded-postgres.js';
import { check, create, resolve } from './author.js';
import { deploy, status } from './deploy.js';

const SCHEMA = `
generator client {
  provider = "prisma-client"
  output   = "./client"
}
datasource db {
  provider = "postgresql"
}
enum Kind {
  one
  two
}
model Parent {
  id       String   @id
  kind     Kind
  tags     String[]
  children Child[]
  @@map("parents")
}
model Child {
  id       String @id
  parentId String @map("parent_id")
  parent   Parent @relation(fields: [parentId], references: [id], onDelete: Cascade)
  @@index([parentId], map: "children_by_parent")
  @@map("children")
}
`;
const WITH_COLUMN = SCHEMA.replace('tags     String[]', 'tags     String[]\n  name String?');
const FUNCTION = `
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  n := n * 2;
  RETURN n;
END;
$$;`;

let server: EmbeddedPostgres;
let databases = 0;

beforeAll(async () => {
  server = await startScratchPostgres();
});
afterAll(() => server?.stop());

/** A project folder of its own with one service, and a database that does not exist yet. */
function project(schema = SCHEMA) {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-migrations-'));
  roots.push(root);
  const target = { root, service: 'identity', url: server.databaseUrl(`deploy_${++databases}`) };
  const folder = join(root, 'prisma', 'identity');
  const setSchema = (text: string) => writeFileSync(join(folder, 'schema.prisma'), text);
  const add = (name: string, sql: string) => {
    mkdirSync(join(folder, 'migrations', name), { recursive: true });
    writeFileSync(join(folder, 'migrations', name, 'migration.sql'), sql);
  };
  const remove = (name: string) => rmSync(join(folder, 'migrations', name), { recursive: true });
  const query = <T>(sql: string) =>
    withClient({ connectionString: target.url }, async (c) => (await c.query(sql)).rows as T[]);
  mkdirSync(folder, { recursive: true });
  setSchema(schema);
  return {
    target,
    setSchema,
    add,
    remove,
    query,
    create: (name: string) => create({ ...target, url: server.url, name }),
  };
}
const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })));

describe('deploy', () => {
  it('creates the database, applies what was created from the schema, and then finds nothing to do', async () => {
    const { target, create, query, setSchema } = project();
    const lines: string[] = [];
    expect(await create('first tables')).toMatch(/\d{14}_first_tables\/migration\.sql$/);

    const applied = await deploy({ ...target, log: (line) => lines.push(line) });

    expect(applied).toEqual([expect.stringMatching(/^\d{14}_first_tables$/)]);
    expect(lines).toEqual([expect.stringContaining('created database'), expect.stringContaining('first_tables')]);
    expect(await deploy(target)).toEqual([]);
    expect(await check({ ...target, url: server.url })).toBeNull();

    await query(`INSERT INTO parents (id, kind, tags) VALUES ('p', 'one', '{}')`);
    setSchema(WITH_COLUMN);
    expect(await check({ ...target, url: server.url })).toContain('ADD COLUMN     "name"');
    await create('zz name');
    expect(await deploy(target)).toHaveLength(1);
    expect(await query('SELECT id, name FROM parents')).toEqual([{ id: 'p', name: null }]);
    expect(await create('nothing')).toBeNull();
  });

  it('applies each migration once when several deploy at the same time', async () => {
    const { target, create, query } = project();
    await create('init');

    const applied = await Promise.all([deploy(target), deploy(target), deploy(target)]);

    expect(applied.flat()).toHaveLength(1);
    expect(await query('SELECT count(*)::int AS n FROM _prisma_migrations')).toEqual([{ n: 1 }]);
  });

  it('runs function bodies whole', async () => {
    const { target, add, query } = project();
    add('1_function', FUNCTION);

    await deploy(target);

    expect(await query('SELECT twice(21) AS n')).toEqual([{ n: 42 }]);
  });

  it('leaves nothing of a failed migration, says how to go on, and goes on', async () => {
    const { target, add, query } = project();
    add('1_bad', 'CREATE TABLE half (id text); INSERT INTO missing VALUES (1);');

    await expect(deploy(target)).rejects.toThrow(
      /Migration 1_bad of identity failed[^]*relation "missing" does not exist[^]*resolve identity rolled-back 1_bad/,
    );
    await expect(deploy(target)).rejects.toThrow(/1_bad/);
    expect(await status(target)).toMatchObject({ pending: ['1_bad'], unfinished: ['1_bad'] });
    expect(await query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);

    add('1_bad', 'CREATE TABLE half (id text);');
    await resolve({ ...target, name: '1_bad', outcome: 'rolled-back' });
    expect(await deploy(target)).toEqual(['1_bad']);
  });

  it('refuses data that a newer version wrote', async () => {
    const { target, add, remove } = project();
    add('1_old', 'CREATE TABLE old (id text);');
    add('2_new', 'CREATE TABLE new (id text);');
    await deploy(target);
    remove('2_new');

    await expect(deploy(target)).rejects.toThrow(/written by a newer version[^]*2_new/);
    expect(await status(target)).toMatchObject({ unknown: ['2_new'] });
  });

  it('refuses an applied migration that was edited', async () => {
    const { target, add } = project();
    add('1_old', 'CREATE TABLE old (id text);');
    await deploy(target);
    add('1_old', 'CREATE TABLE old (id text, more text);');

    await expect(deploy(target)).rejects.toThrow(/changed after it had been applied: 1_old/);
  });

  it('says which database it could not use', async () => {
    const { target } = project();
    const elsewhere = new URL(target.url);
    elsewhere.port = '1';

    await expect(deploy({ ...target, url: elsewhere.href })).rejects.toThrow(
      /"deploy_\d+" of identity on 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/,
    );
    await expect(deploy({ ...target, url: 'mysql://x' })).rejects.toThrow('must begin with postgresql://');
    await expect(status(target)).rejects.toThrow(/does not exist/);
  });

  it('leaves no shadow database behind', async () => {
    const { create, target } = project();
    await create('init');
    await check({ ...target, url: server.url });

    const shadows = await withClient({ connectionString: server.url }, (client) =>
      client.query(`SELECT datname FROM pg_database WHERE datname LIKE 'latchkey_shadow%'`),
    );
    expect(shadows.rows).toEqual([]);
  });
});
