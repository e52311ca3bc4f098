import { randomText } from '@latchkey/core';

const LONGEST = 200;

/** The slug that a name leads to: lower-case letters, digits and dashes; `organization` for a name without any. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain.slice(0, LONGEST).replace(/-+$/, '') || 'organization';
}

/** Another slug of the same look, for a name that somebody else's organization has, too. */
export const anotherSlug = (slug: string): string => `${slug}-${randomText(8).toLowerCase()}`;
