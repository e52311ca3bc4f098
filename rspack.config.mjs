/**
 * On top of Nest's defaults (one ES module per application, `libs/` bundled in, packages left to node_modules): the same SWC
 * options as everywhere else, and source maps.
 */
import { readFileSync } from 'node:fs';

const { sourceMaps: _, ...swc } = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));

export default (options) => ({
  ...options,
  devtool: 'source-map',
  resolve: { ...options.resolve, extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } },
  module: {
    ...options.module,
    // The bundler would write the source file's place on the machine that built it; a bundle must know where it lies itself.
    parser: { ...options.module.parser, javascript: { ...options.module.parser?.javascript, importMeta: false } },
    rules: [
      {
        test: /\.tsx?$/,
        exclude: /node_modules/,
        type: 'javascript/esm',
        use: [{ loader: 'builtin:swc-loader', options: swc }],
      },
    ],
  },
});
