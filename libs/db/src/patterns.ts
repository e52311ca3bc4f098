/** A text in which the wildcards of LIKE are plain characters. Prisma's `contains` does not see to that. */
export const plainText = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** Prisma's condition for a text anywhere, in any case. */
export const containing = (text: string) => ({ contains: plainText(text), mode: 'insensitive' as const });
