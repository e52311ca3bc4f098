import { handlers, sources } from './controllers.js';

describe('every implemented operation', () => {
  it('occurs in an integration spec', () => {
    const specs = sources('apps/*/src/**/*.int.spec.ts').map(({ text }) => text);
    expect(specs.length).toBeGreaterThan(10);
    const words = new Set(specs.join('\n').match(/\w+/g));
    const ids = handlers().flatMap(({ operation }) => operation ?? []);
    expect(ids.filter((id) => !words.has(id))).toEqual([]);
  });
});
