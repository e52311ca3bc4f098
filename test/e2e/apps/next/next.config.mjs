import { join } from 'node:path';

/** @type {import('next').NextConfig} */
export default {
  turbopack: { root: join(import.meta.dirname, '../../../..') },
  // One worker: the machine has other things to do.
  experimental: { cpus: 1 },
};
