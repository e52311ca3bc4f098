import { handlers } from './controllers.js';

describe('bodies and queries', () => {
  it('reach a handler through a schema only', () => {
    const open = handlers().filter(({ source }) => /@(Body|Query)\((?!\{ schema:)/.test(source));
    expect(open.map(({ file, operation }) => `${operation} in ${file}`)).toEqual([]);
  });
});
