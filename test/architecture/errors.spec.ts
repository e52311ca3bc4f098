import { contractErrorCodes, svixErrorCodes } from '@latchkey/core';
import { fact, sources } from './controllers.js';

/** The compiler holds every error to the list; here the list is held to the contract. That each is used, `npm run check` says. */
describe('error codes', () => {
  it('are listed once, in order', () => {
    for (const codes of [contractErrorCodes, svixErrorCodes]) expect(codes).toEqual([...new Set(codes)].sort());
  });

  it('are those of the contract', () => {
    const known = fact<object>('error-codes.json');
    if (!known) return;
    const words = new Set(JSON.stringify(known).match(/[a-z][a-z0-9_]+/g));
    expect(contractErrorCodes.filter((code) => !words.has(code))).toEqual([]);
  });

  it("are not taken out of the compiler's sight", () => {
    const hidden = sources('{apps,libs}/*/src/**/*.ts').filter(({ text }) =>
      /as ErrorCode\b|as unknown as ApiError/.test(text),
    );
    expect(hidden.map(({ file }) => file)).toEqual([]);
  });
});
