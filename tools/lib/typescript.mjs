/**
 * Lets a tool import the project's TypeScript libraries as they are, with no build before it: after `import './lib/typescript.mjs'`
 * a dynamic `import('@latchkey/…')` works, on Node 20 as on Node 24.
 */
import * as module from 'node:module';
import { load, resolve } from './typescript-hooks.mjs';

// Node 20 has no hooks that run in this thread.
const { registerHooks } = /** @type {Partial<typeof module>} */ (module);
if (registerHooks) registerHooks({ resolve, load });
else module.register('./typescript-hooks.mjs', import.meta.url);
