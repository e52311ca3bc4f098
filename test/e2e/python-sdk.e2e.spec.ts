/** @needs python */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@latchkey/postgres';
import { clerkClient, jwtKey, running } from './latchkey.js';
import { person } from './people.js';

const run = promisify(execFile);
const app = join(projectRoot(), 'test/e2e/apps/python');
const python = join(projectRoot(), '.cache/e2e-python/bin/python');

beforeAll(async () => {
  if (!existsSync(python)) await run('python3', ['-m', 'venv', join(projectRoot(), '.cache/e2e-python')]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', join(app, 'requirements.txt')]);
}, 180_000);

describe('clerk-backend-api, in Python', () => {
  it('lists users, and verifies a session token with the JWKS and without network', async () => {
    const { email, password } = person();
    const clerk = clerkClient();
    const { id } = await clerk.users.createUser({ emailAddress: [email], password });
    const session = await clerk.sessions.createSession({ userId: id });
    const { jwt } = await clerk.sessions.getToken(session.id);

    const { stdout } = await run(python, [join(app, 'check.py'), jwt, email, await jwtKey()], {
      env: { ...process.env, ...running().app },
    });

    expect(JSON.parse(stdout)).toEqual({ found: [id], count: 1, email, by_jwks: id, by_key: id });
  });

  it('does everything with users, addresses, sessions, tokens, templates, tickets and lists', async () => {
    const { stdout } = await run(python, [join(app, 'operations.py'), await jwtKey()], {
      env: { ...process.env, ...running().app },
    });

    expect(JSON.parse(stdout)).toEqual({
      name: 'Ada',
      merged: { plan: 'pro', seats: 3 },
      replaced: { only: true },
      verified: true,
      banned: [true, false],
      locked: [true, false],
      pictured: [true, false],
      client: true,
      subject: true,
      signed_in: true,
      signed_out: false,
      template: [true, 120],
      own_key: [true, false],
      revoked: 'revoked',
      ticket: 'revoked',
      acting: 'revoked',
      testing: true,
      deleted: true,
    });
  });
});
