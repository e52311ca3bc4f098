import { defineConfig } from 'vite';

// The page is served as it comes out: no dev server, nothing that reloads it.
export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  build: { emptyOutDir: true, minify: false },
});
