import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores([
    '**/node_modules',
    'dist',
    '.latchkey',
    '.cache',
    'coverage',
    'apps/*/src/generated',
    'docs/generated',
    'test/e2e/apps',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked, prettier],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise that nobody waits for loses its error; `void` says that this is meant.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      // A new state, event type or strategy must be thought of wherever the old ones are told apart.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      // Types only where only types are used. With `emitDecoratorMetadata` the rule leaves alone what Nest injects.
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Ports are asynchronous for the adapter that has to wait; the others would only be noisier.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Settings come from the configuration, which main.ts reads once.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only: one name for one thing.' },
        { selector: 'TSEnumDeclaration', message: 'A union of strings, as the wire has it.' },
      ],
    },
  },
  {
    // Tests and their tools read replies whose shape is what they check, and the environment of the machine.
    files: ['**/*.spec.{ts,tsx}', 'libs/testing/**', 'test/**', 'apps/*/test/**', 'apps/*/src/testing/**'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      'no-restricted-properties': 'off',
      'no-console': 'off',
    },
  },
  {
    // Where the environment enters.
    files: ['apps/*/src/main.ts', 'libs/platform/src/serve.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Jest asks for a default export here, and loads the file so that the compiler cannot know what it imports.
    files: ['{libs/testing/src,test/e2e}/global-*.ts'],
    rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/no-unnecessary-type-assertion': 'off' },
  },
  {
    // These run in a browser.
    files: ['apps/*/src/**/*.script.ts'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.{mjs,cjs,js}'], extends: [prettier] },
);
