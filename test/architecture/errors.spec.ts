import { contractErrorCodes, svixErrorCodes } from '@latchkey/core';
import { sources } from './controllers.js';

/** The compiler holds every error to the list; `compat.spec.ts` holds the list to the contract. That each is used, `npm run check` says. */
describe('error codes', () => {
  it('are listed once, in order', () => {
    for (const codes of [contractErrorCodes, svixErrorCodes]) expect(codes).toEqual([...new Set(codes)].sort());
  });

  it("are not taken out of the compiler's sight", () => {
    const hidden = sources('{apps,libs}/*/src/**/*.ts').filter(({ text }) =>
      /as ErrorCode\b|as unknown as ApiError/.test(text),
    );
    expect(hidden.map(({ file }) => file)).toEqual([]);
  });
});
