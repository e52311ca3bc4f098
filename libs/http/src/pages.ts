import type { Page, PageRequest } from '@latchkey/contracts';

/** Prisma's words for a part of a list. */
export const slice = ({ limit, offset }: PageRequest) => ({ take: limit, skip: offset });

/** A part of a list as a service gives it, with the number of entries in the whole of it. */
export interface RowPage<Row> {
  rows: Row[];
  total: number;
}

/** A page of rows as the wire shows it. */
export const toPage = <Row, Item>(page: RowPage<Row>, toJSON: (row: Row) => Item): Page<Item> => ({
  data: page.rows.map(toJSON),
  total_count: page.total,
});

/** Lists that once were bare arrays still are, unless the caller asks for a page (`paginated=true`). */
export const toList = <Row, Item>(
  page: RowPage<Row>,
  isPaginated: boolean | null | undefined,
  toJSON: (row: Row) => Item,
): Page<Item> | Item[] => (isPaginated ? toPage(page, toJSON) : page.rows.map(toJSON));

/**
 * `order_by` in Prisma's words: `-created_at` is newest first. The contract's fields are snake_case, ours camelCase.
 *
 * @param fields the contract's field for each that may be asked for, with the column's name in the Prisma schema
 */
export function toOrderBy<F extends string>(
  orderBy: string,
  fields: Record<F, string>,
): Record<string, 'asc' | 'desc'> {
  // A `+` that was not encoded arrives as a blank.
  const name = orderBy.replace(/^[-+ ]/, '') as F;
  return { [fields[name]]: orderBy.startsWith('-') ? 'desc' : 'asc' };
}
