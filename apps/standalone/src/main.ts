import { listenForCommands, readDeclaration } from '@latchkey/installation';
import { log } from '@latchkey/observability';
import { orExplain } from '@latchkey/platform';
import { apply } from './apply.js';
import { certify } from './certify.js';
import { settingsWithoutEffect } from './config.js';
import { rotate } from './rotate-keys.js';
import { startInstallation } from './start.js';

const STOP_MS = 5_000;

const [command, ...args] = process.argv.slice(2);
await orExplain(async () => {
  if (command === 'apply') await apply(process.env, args[0]).then(() => process.exit(0));
  else if (command === 'rotate-keys') await rotate(process.env, args).then(() => process.exit(0));
  else if (command === 'certify') certify(process.env, args);
  else await start();
});

/** Runs until it is told to stop. */
async function start(): Promise<void> {
  const warning = settingsWithoutEffect(process.env);
  if (warning) tell(warning);
  const { dataDir, latchkey, postgres, complete, declareAtStart } = await startInstallation(process.env, tell);

  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    await latchkey.stop();
    await postgres?.stop();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));
  void postgres?.ended.then((asked) => {
    if (asked) return;
    log.fatal('the embedded Postgres has ended unasked');
    void stop(1);
  });

  const announcement = await declareAtStart();
  const control = await listenForCommands(dataDir, {
    apply: async (path) => latchkey.apply(complete(readDeclaration(path))),
    rotateKeys: (rotation) => latchkey.rotateKeys(rotation),
  });
  control.unref();
  process.stdout.write(announcement);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
