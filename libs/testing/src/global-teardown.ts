import type { PostgresBacking } from './index.js';

/** After the integration specs: ends what `global-setup.ts` started. */
export default async function tearDown(): Promise<void> {
  await (globalThis as { latchkeyTestPostgres?: PostgresBacking }).latchkeyTestPostgres?.stop();
}
