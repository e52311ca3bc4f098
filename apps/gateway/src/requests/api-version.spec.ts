import { apiVersionOf } from './api-version.js';

describe('apiVersionOf', () => {
  it.each([
    [undefined, undefined, '2026-05-12'],
    ['2025-04-10', undefined, '2025-04-10'],
    [undefined, '2021-02-05', '2021-02-05'],
    [undefined, '2026-08-20', '2026-05-12'],
  ])('answers the header %s and the query %s with %s', (header, query, version) => {
    expect(apiVersionOf(header, query)).toBe(version);
  });

  it.each([
    ['2025-04-10', '2025-04-10'],
    [undefined, '2025-04-11'],
    [undefined, 'newest'],
    [['2025-04-10', '2025-04-10'], undefined],
  ])('refuses the header %s and the query %s', (header, query) => {
    expect(() => apiVersionOf(header, query)).toThrow(
      expect.objectContaining({ code: 'api_version_invalid' }) as Error,
    );
  });
});
