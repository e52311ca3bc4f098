import { anotherSlug, slugOf } from './organizations.slugs.js';

describe('slugOf', () => {
  it.each([
    ['Acme Inc.', 'acme-inc'],
    ['  Würzburg & Söhne  ', 'wurzburg-sohne'],
    ['--A--B--', 'a-b'],
    ['株式会社', 'organization'],
  ])('makes a slug of %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('keeps within the length of a slug', () => {
    expect(slugOf('a'.repeat(256))).toHaveLength(200);
  });
});

describe('anotherSlug', () => {
  it('is a slug, and a new one each time', () => {
    expect(anotherSlug('acme')).toMatch(/^acme-[a-z0-9]{8}$/);
    expect(anotherSlug('acme')).not.toBe(anotherSlug('acme'));
  });
});
