/** On top of Nest's defaults (one ES module per application, `libs/` bundled in, packages left to node_modules). */
export default (options) => ({
  ...options,
  devtool: 'source-map',
  resolve: { ...options.resolve, extensionAlias: { '.js': ['.ts', '.js'] } },
});
