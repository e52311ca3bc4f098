/**
 * Everything, node_modules included, is turned into CommonJS by SWC: Jest's sandbox cannot `require()` an ES module, and
 * NestJS 12, jose and Prisma's client are ES modules. The transform is cached, so only the first run pays for it.
 */
const swc = [
  '@swc/jest',
  {
    swcrc: false,
    module: { type: 'commonjs' },
    jsc: {
      parser: { syntax: 'typescript', decorators: true, tsx: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic' } },
      target: 'es2023',
      keepClassNames: true,
    },
  },
];

const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  transformIgnorePatterns: [],
  transform: { '^.+\\.(t|mj|j)sx?$': swc },
  moduleNameMapper: {
    '^@latchkey/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.latchkey', '<rootDir>/test/e2e/apps'],
};

export default {
  maxWorkers: 2,
  testTimeout: 30_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,test/architecture}/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$'],
    },
    {
      ...base,
      displayName: 'integration',
      globals: { RETRIES: 1 },
      setupFilesAfterEnv: ['<rootDir>/libs/testing/src/global-retry.ts'],
      testMatch: ['<rootDir>/{apps,libs}/**/*.int.spec.ts'],
      globalSetup: '<rootDir>/libs/testing/src/global-setup.ts',
      globalTeardown: '<rootDir>/libs/testing/src/global-teardown.ts',
    },
    {
      ...base,
      displayName: 'e2e',
      globals: { RETRIES: 2 },
      setupFilesAfterEnv: ['<rootDir>/libs/testing/src/global-retry.ts'],
      testMatch: ['<rootDir>/test/e2e/**/*.e2e.spec.ts'],
      globalSetup: '<rootDir>/test/e2e/global-setup.ts',
      globalTeardown: '<rootDir>/test/e2e/global-teardown.ts',
    },
    { ...base, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.faults.spec.ts'] },
  ],
};
