/**
 * Before the end-to-end specs: builds Latchkey and starts it as its users do, in the way that LATCHKEY_E2E_MODE names
 * (`standalone`, the default, or `distributed`). The specs find it through LATCHKEY_E2E, JSON of `Running` in `latchkey.ts`;
 * who sets that beforehand has the specs run against a Latchkey of their own.
 *
 * Jest loads this file outside its own module system; the tools' loader teaches Node the project's TypeScript.
 */
export default async function setUp(): Promise<void> {
  if (process.env.LATCHKEY_E2E) return;
  await import('../../tools/lib/typescript.mjs');
  const { startFor } = (await import('./processes.js')) as typeof import('./processes.js');
  const started = await startFor(process.env.LATCHKEY_E2E_MODE ?? 'standalone');
  process.env.LATCHKEY_E2E = JSON.stringify(started.running);
  Object.assign(globalThis, { latchkeyE2e: started });
}
