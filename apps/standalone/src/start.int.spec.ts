import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';
import { localCertificate } from '@latchkey/installation';
import { freePort, projectRoot, withDatabase } from '@latchkey/postgres';

import { useProgram, type Program } from '@latchkey/testing';
import pg from 'pg';

const START_MS = 60_000;
const startStandalone = useProgram('standalone');
const root = mkdtempSync(join(tmpdir(), 'latchkey-start-'));
let ports: Record<string, string>;

/** A start that has ended, or that has become ready. */
interface Outcome extends Pick<Program, 'child' | 'stop'> {
  code: number | null;
  output: string;
}

async function run(env: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const all = { ...ports, LOG_LEVEL: 'fatal', ...env };
  const { child, output, stop } = await startStandalone({ env: all, args, cwd: root, ready: /^ready\b/m });
  return { code: child.exitCode, output: output(), child, stop };
}

const appEnv = (dataDir: string) => parseEnv(readFileSync(join(dataDir, 'app.env'), 'utf8'));

beforeAll(async () => {
  ports = { LATCHKEY_FAPI_PORT: String(await freePort()), LATCHKEY_BAPI_PORT: String(await freePort()) };
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a start of standalone', () => {
  const dataDir = join(root, 'kept');

  it(
    'keeps its instance and keys over a restart, and stops within five seconds of SIGTERM',
    async () => {
      const first = await run({ LATCHKEY_DATA_DIR: dataDir });
      expect(first.output).toMatch(
        /^Postgres: making its data in .*\nmigrations of identity: \d+ applied\n[^]*\nstarting the services\nLatchkey runs\./,
      );
      expect(first.output).toContain('CLERK_PUBLISHABLE_KEY=pk_test_');
      const keys = appEnv(dataDir);
      const asked = Date.now();
      expect(await first.stop()).toBe(0);
      expect(Date.now() - asked).toBeLessThan(5_000);

      const second = await run({ LATCHKEY_DATA_DIR: dataDir });

      expect(second.output).toMatch(/^starting the services\nLatchkey runs\./);
      expect(appEnv(dataDir)).toEqual(keys);
    },
    2 * START_MS,
  );

  it(
    'refuses a data folder that another one uses, which goes on',
    async () => {
      const first = await run({ LATCHKEY_DATA_DIR: dataDir });

      const second = await run({ LATCHKEY_DATA_DIR: dataDir, LATCHKEY_FAPI_PORT: '0', LATCHKEY_BAPI_PORT: '0' });

      expect(second.code).toBe(1);
      expect(second.output).toMatch(/^.*is in use by process \d+\. Stop that process, or choose another folder\.\n$/);
      const { CLERK_PROXY_URL } = appEnv(dataDir);
      expect((await fetch(`${CLERK_PROXY_URL}/v1/environment`)).status).toBe(200);
      expect(first.child.exitCode).toBeNull();
    },
    2 * START_MS,
  );

  it(
    'names a port that is taken, and leaves the data as they are',
    async () => {
      const taken = createServer();
      await new Promise<void>((resolve) => taken.listen(Number(ports.LATCHKEY_BAPI_PORT), '127.0.0.1', resolve));
      try {
        const { code, output } = await run({ LATCHKEY_DATA_DIR: dataDir });

        expect(code).toBe(1);
        expect(output).toBe(
          `starting the services\nAnother process listens on 127.0.0.1:${ports.LATCHKEY_BAPI_PORT} already. Stop it, or set another port.\n`,
        );
      } finally {
        await new Promise((resolve) => taken.close(resolve));
      }
      expect((await run({ LATCHKEY_DATA_DIR: dataDir })).code).toBeNull();
    },
    2 * START_MS,
  );

  it(
    'refuses keys that do not open its data, and keys that cannot be read',
    async () => {
      const file = join(dataDir, 'keys.json');
      const kept = readFileSync(file, 'utf8');
      writeFileSync(file, kept.slice(0, 20));
      const unreadable = await run({ LATCHKEY_DATA_DIR: dataDir });
      expect(unreadable).toMatchObject({
        code: 1,
        output: expect.stringContaining('keys.json cannot be read') as string,
      });

      rmSync(file);
      const lost = await run({ LATCHKEY_DATA_DIR: dataDir });
      expect(lost).toMatchObject({
        code: 1,
        output: expect.stringMatching(/^The master key is not the one/m) as string,
      });

      writeFileSync(file, kept);
      expect((await run({ LATCHKEY_DATA_DIR: dataDir })).code).toBeNull();
    },
    3 * START_MS,
  );

  it(
    'refuses data that a newer Latchkey has written',
    async () => {
      const first = await run({ LATCHKEY_DATA_DIR: dataDir });
      const { port, password } = JSON.parse(readFileSync(join(dataDir, 'postgres', 'server.json'), 'utf8')) as {
        port: number;
        password: string;
      };
      const url = withDatabase(`postgresql://latchkey:${password}@127.0.0.1:${port}/postgres`, 'latchkey_billing');
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
         VALUES ('newer', 'x', '29991231000000_newer', now(), now(), 1)`,
      );
      await client.end();
      await first.stop();

      const { code, output } = await run({ LATCHKEY_DATA_DIR: dataDir });

      expect(code).toBe(1);
      expect(output).toContain('29991231000000_newer');
      expect(output).not.toContain('    at ');
    },
    2 * START_MS,
  );

  it(
    'refuses damaged data and touches nothing of them',
    async () => {
      writeFileSync(join(dataDir, 'postgres', 'cluster', 'PG_VERSION'), '17\n');

      const { code, output } = await run({ LATCHKEY_DATA_DIR: dataDir });

      expect(code).toBe(1);
      expect(output).toMatch(/is of Postgres 17; this is Postgres 18/);
      expect(output).not.toContain('    at ');
      expect(existsSync(join(dataDir, 'keys.json'))).toBe(true);
    },
    START_MS,
  );
});

describe('a start with settings that cannot be meant', () => {
  const dataDir = join(root, 'never');

  it.each([
    [{ LATCHKEY_FAPI_PROT: '4000' }, '  LATCHKEY_FAPI_PROT is not a setting. Is LATCHKEY_FAPI_PORT meant?'],
    [
      { LATCHKEY_FAPI_PORT: '4000', LATCHKEY_BAPI_PORT: '4000' },
      'LATCHKEY_FAPI_PORT and LATCHKEY_BAPI_PORT are both 4000: each needs a port of its own.',
    ],
  ])(
    'is refused before anything is made: %j',
    async (settings, problem) => {
      const { code, output } = await run({ LATCHKEY_DATA_DIR: dataDir, ...settings });

      expect({ code, last: output.trimEnd().split('\n').at(-1) }).toEqual({ code: 1, last: problem.trimEnd() });
      expect(existsSync(dataDir)).toBe(false);
    },
    START_MS,
  );
});

describe('npm start', () => {
  const dataDir = join(root, 'npm');
  const byTerminal = (npm: ChildProcess) => process.kill(-npm.pid!, 'SIGINT');

  it.each([
    ['SIGTERM to npm', (npm: ChildProcess) => npm.kill('SIGTERM')],
    ['Ctrl+C, which reaches all of them', byTerminal],
  ])(
    'stops within five seconds of %s, and leaves nothing running',
    async (_name, signal) => {
      const npm = spawn('npm', ['start'], {
        cwd: projectRoot(),
        env: { ...process.env, ...ports, LOG_LEVEL: 'fatal', LATCHKEY_DATA_DIR: dataDir },
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      try {
        for await (const line of createInterface({ input: npm.stdout })) if (line.startsWith('ready')) break;
        npm.stdout.resume();
        const { CLERK_PROXY_URL } = appEnv(dataDir);
        expect((await fetch(`${CLERK_PROXY_URL}/v1/environment`)).status).toBe(200);
        const asked = Date.now();
        const ended = new Promise((resolve) => npm.once('exit', resolve));
        signal(npm);
        await ended;

        expect(Date.now() - asked).toBeLessThan(5_000);
        expect(() => process.kill(-npm.pid!, 0)).toThrow('ESRCH');
        expect(existsSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'))).toBe(false);
        await expect(fetch(CLERK_PROXY_URL!)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
      } finally {
        if (npm.exitCode === null && npm.signalCode === null) process.kill(-npm.pid!, 'SIGKILL');
      }
    },
    START_MS,
  );
});

describe('latchkey', () => {
  const latchkey = (...args: string[]) =>
    spawnSync(process.execPath, [join(projectRoot(), 'tools', 'latchkey.mjs'), ...args], {
      cwd: root,
      encoding: 'utf8',
    });

  it('says with --help what it can do, and refuses what it cannot', () => {
    const help = latchkey('--help');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    for (const command of ['start', 'apply', 'rotate-keys', 'certify'])
      expect(help.stdout).toContain(`latchkey ${command} `);
    expect(latchkey('apply', '-h').stdout).toBe(help.stdout);

    expect(latchkey('aply')).toMatchObject({ status: 1, stdout: '', stderr: help.stdout });
  });

  it(
    'makes no installation where there is none',
    async () => {
      const dataDir = join(root, 'elsewhere');
      const file = join(root, 'elsewhere.yaml');
      writeFileSync(file, 'applications: []\n');

      for (const args of [
        ['apply', file],
        ['rotate-keys', 'development'],
      ]) {
        const { code, output } = await run({ LATCHKEY_DATA_DIR: dataDir }, ...args);

        expect(code).toBe(1);
        expect(output).toBe(
          `There is no Latchkey in ${dataDir}. Name its folder in LATCHKEY_DATA_DIR, or start it there once (npm start).\n`,
        );
        expect(existsSync(dataDir)).toBe(false);
      }
    },
    START_MS,
  );
});

describe('latchkey certify', () => {
  const dataDir = join(root, 'certified');

  it('makes an authority and a certificate for the hosts that are named', async () => {
    const { code, output } = await run({ LATCHKEY_DATA_DIR: dataDir }, 'certify', 'clerk.shop.test', 'app.shop.test');

    expect(code).toBe(0);
    const made = parseEnv(output);
    const certificate = new X509Certificate(readFileSync(made.LATCHKEY_TLS_CERT_FILE!));
    expect(certificate.subjectAltName).toBe('DNS:clerk.shop.test, DNS:app.shop.test');
    expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(made.LATCHKEY_TLS_KEY_FILE!)))).toBe(true);
    const authority = new X509Certificate(readFileSync(made.NODE_EXTRA_CA_CERTS!));
    expect(certificate.verify(authority.publicKey)).toBe(true);
  });

  it('refuses what is no host, and a port without a certificate', async () => {
    const wrong = await run({ LATCHKEY_DATA_DIR: dataDir }, 'certify', 'https://clerk.shop.test');
    expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('is not a host name') as string });
    const half = await run({ LATCHKEY_DATA_DIR: dataDir, LATCHKEY_TLS_PORT: '0' });
    expect(half).toMatchObject({ code: 1, output: expect.stringContaining('LATCHKEY_TLS_CERT_FILE') as string });
  });

  it.each([
    ['is not there', 'none.pem', /^LATCHKEY_TLS_KEY_FILE cannot be read: .*none\.pem/],
    ['cannot be read', '.', /^LATCHKEY_TLS_KEY_FILE cannot be read: /],
    ["is another certificate's", 'other.pem', /^The key in .*other\.pem \(LATCHKEY_TLS_KEY_FILE\) is not that of/],
  ])(
    'makes files of which a start refuses a key that %s',
    async (_what, key, problem) => {
      const tls = join(dataDir, 'tls');
      writeFileSync(join(tls, 'other.pem'), localCertificate(['clerk.shop.test'], new Date()).key);

      const { code, output } = await run({
        LATCHKEY_DATA_DIR: dataDir,
        LATCHKEY_TLS_PORT: '0',
        LATCHKEY_TLS_CERT_FILE: join(tls, 'certificate.pem'),
        LATCHKEY_TLS_KEY_FILE: join(tls, key),
      });

      expect(code).toBe(1);
      expect(output).toMatch(problem);
      expect(output.trimEnd()).not.toContain('\n');
    },
    START_MS,
  );
});

describe('LATCHKEY_CONFIG', () => {
  const dataDir = join(root, 'declared');
  const file = join(root, 'latchkey.yaml');
  const env = { LATCHKEY_DATA_DIR: dataDir, LATCHKEY_CONFIG: 'latchkey.yaml' };
  const text = [
    'applications:',
    '  - name: Shop',
    '    instances:',
    '      - name: development',
    '        environment: development',
    '        settings:',
    '          organizations: { enabled: true }',
    '      - name: production',
    '        environment: production',
    '        frontend_api: clerk.shop.example',
    '        secret_keys: [sk_live_abcdefghijklmnopqrstuvwxyz012345]',
    '',
  ].join('\n');

  it(
    'declares instances, to a running Latchkey too, and changes nothing a second time',
    async () => {
      writeFileSync(file, text);
      const started = await run(env);
      expect(started.output).toContain(
        `production: pk_live_${Buffer.from('clerk.shop.example$').toString('base64url')}`,
      );
      const { CLERK_PROXY_URL } = appEnv(dataDir);
      const environment = async () =>
        (await (await fetch(`${CLERK_PROXY_URL}/v1/environment`)).json()) as {
          organization_settings: { enabled: boolean };
        };
      expect((await environment()).organization_settings.enabled).toBe(true);

      const again = await run(env, 'apply');
      expect(again.output).toMatch(/^development: as it was .*\nproduction: as it was .*\n$/);

      const disabled = text.replace('{ enabled: true }', '{ enabled: false }');
      writeFileSync(file, disabled);
      const changed = await run(env, 'apply', file);
      expect(changed.output).toMatch(/^development: changed .*\nproduction: as it was .*\n$/);
      expect((await environment()).organization_settings.enabled).toBe(false);

      writeFileSync(file, disabled.replace('sk_live_', 'sk_test_'));
      expect(await run(env, 'apply')).toMatchObject({
        code: 1,
        output: expect.stringMatching(/latchkey\.yaml:11: .*secret_keys\.0 must begin with sk_live_/) as string,
      });
      writeFileSync(file, disabled);

      const rotated = await run(env, 'rotate-keys', 'production');
      expect(rotated.output).toMatch(/^ins_\w+: the key ins_[\w-]+ signs within three minutes; .* valid until \d{4}-/);
      const unknown = await run(env, 'rotate-keys', 'nobody', '--overlap-days', '0');
      expect(unknown).toMatchObject({ code: 1, output: 'No instance is declared as nobody, and none has that id.\n' });

      await started.stop();
      const { LATCHKEY_CONFIG: _dropped, ...without } = env;
      const kept = await run({ ...without, LATCHKEY_DATA_FOLDER: 'x' });
      expect(kept.output).toContain(
        `LATCHKEY_CONFIG is not set: the instances that ${file} has declared are kept as they are.`,
      );
      expect(kept.output).toContain('without effect: LATCHKEY_DATA_FOLDER (the nearest is LATCHKEY_DATA_DIR)');
      expect((await environment()).organization_settings.enabled).toBe(false);

      await kept.stop();
      const cold = await run(env, 'apply');
      expect(cold).toMatchObject({ code: 0, output: expect.stringMatching(/^development: as it was/) });
    },
    3 * START_MS,
  );

  it(
    'is refused with the lines of unknown and impossible fields',
    async () => {
      writeFileSync(file, text.replace('enabled: true', 'enabld: true').replace('ment: production', 'ment: live'));

      const { code, output } = await run(env);

      expect(code).toBe(1);
      expect(output.trim().split('\n').slice(1)).toEqual([
        expect.stringMatching(/latchkey\.yaml:7: applications\.0\..*organizations\.enabld is not a field/),
        expect.stringMatching(/latchkey\.yaml:9: applications\.0\.instances\.1\.environment is not valid/),
      ]);
    },
    START_MS,
  );

  it('is refused before anything starts when it is not YAML', async () => {
    writeFileSync(file, 'applications:\n  - name: x\n   instances: [\n');

    const { code, output } = await run({ ...env, LATCHKEY_DATA_DIR: join(root, 'never') });

    expect(code).toBe(1);
    expect(output).toMatch(/latchkey\.yaml:3: /);
    expect(existsSync(join(root, 'never'))).toBe(false);
  });
});
