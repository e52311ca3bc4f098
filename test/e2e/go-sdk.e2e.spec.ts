/** @needs go */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@latchkey/postgres';
import { clerkClient, jwtKey, running } from './latchkey.js';
import { person } from './people.js';

const run = promisify(execFile);
const folder = join(projectRoot(), '.cache/e2e-go');
const [program, operations] = [join(folder, 'check'), join(folder, 'operations')];

beforeAll(async () => {
  const cwd = join(projectRoot(), 'test/e2e/apps/go');
  await run('go', ['build', '-o', program, '.'], { cwd });
  await run('go', ['build', '-o', operations, './operations'], { cwd });
}, 300_000);

describe('clerk-sdk-go', () => {
  it('lists users, and verifies a session token with the JWKS and without network', async () => {
    const { email, password } = person();
    const clerk = clerkClient();
    const { id } = await clerk.users.createUser({ emailAddress: [email], password });
    const session = await clerk.sessions.createSession({ userId: id });
    const { jwt } = await clerk.sessions.getToken(session.id);
    const { iss } = JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as { iss: string };

    const { stdout } = await run(program, [jwt, email, iss, await jwtKey()], {
      env: { ...process.env, ...running().app },
    });

    expect(JSON.parse(stdout)).toEqual({ total: 1, found: id, email, subject: id, session: session.id, by_key: id });
  });

  it('does everything with users, addresses, sessions, tokens, templates, tickets and lists', async () => {
    const { stdout } = await run(operations, [], { env: { ...process.env, ...running().app } });

    expect(JSON.parse(stdout)).toEqual({
      counted: 1,
      name: 'Ada',
      merged: { plan: 'pro', seats: 3 },
      verified: true,
      wrong: 'incorrect_password',
      banned: [true, false],
      locked: [true, false],
      pictured: [true, false],
      sessions: 1,
      client: true,
      template: true,
      own_key: [true, false],
      revoked: 'revoked',
      ticket: 'revoked',
      acting: 'revoked',
      testing: true,
      deleted: true,
    });
  });
});
