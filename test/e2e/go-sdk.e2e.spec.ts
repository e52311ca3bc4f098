/** @needs go */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@latchkey/postgres';
import { clerkClient, running } from './latchkey.js';
import { person } from './people.js';

const run = promisify(execFile);
const program = join(projectRoot(), '.cache/e2e-go/check');

beforeAll(async () => {
  await run('go', ['build', '-o', program, '.'], { cwd: join(projectRoot(), 'test/e2e/apps/go') });
}, 300_000);

describe('clerk-sdk-go', () => {
  it('lists users and verifies a session token', async () => {
    const { email, password } = person();
    const clerk = clerkClient();
    const { id } = await clerk.users.createUser({ emailAddress: [email], password });
    const session = await clerk.sessions.createSession({ userId: id });
    const { jwt } = await clerk.sessions.getToken(session.id);
    const { iss } = JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as { iss: string };

    const { stdout } = await run(program, [jwt, email, iss], { env: { ...process.env, ...running().app } });

    expect(JSON.parse(stdout)).toEqual({ total: 1, found: id, email, subject: id, session: session.id });
  });
});
