import { fact, sources } from './controllers.js';

describe('error codes', () => {
  it('are those of the contract', () => {
    const known = fact<object>('error-codes.json');
    if (!known) return;
    const words = new Set(JSON.stringify(known).match(/[a-z][a-z0-9_]+/g));
    const codes = sources('{apps/!(webhooks|standalone)/src,libs/{core,http}/src}/**/*.ts')
      .filter(({ file }) => !/\.spec\.ts$|\/testing\//.test(file))
      .flatMap(({ file, text }) =>
        [...text.matchAll(/(?:\bcode: '|paramError\(\s*')([a-z][a-z0-9_]+)'/g)].map(([, code]) => ({
          file,
          code: code!,
        })),
      );
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter(({ code }) => !words.has(code))).toEqual([]);
  });
});
