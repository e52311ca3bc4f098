import type { Started } from './processes.js';

/** After the end-to-end specs: ends what `global-setup.ts` started, by its process id. */
export default async function tearDown(): Promise<void> {
  await (globalThis as { latchkeyE2e?: Started }).latchkeyE2e?.stop();
}
