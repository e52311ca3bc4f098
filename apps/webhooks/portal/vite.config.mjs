import { join } from 'node:path';

/** The pages of the portal as static files, which the service serves. `npm run build` calls it. */
export default {
  root: import.meta.dirname,
  // Whatever path the portal is reached under, its files lie beside its page.
  base: './',
  logLevel: 'error',
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: join(import.meta.dirname, '../../../dist/webhooks-portal'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
};
