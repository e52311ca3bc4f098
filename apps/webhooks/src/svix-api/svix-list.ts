import { z } from 'zod';

/** Lists as the svix API gives them: a part, and where the next one begins. */
export interface SvixList<T> {
  data: T[];
  done: boolean;
  iterator: string | null;
  prevIterator: string | null;
}

/** `limit` and `iterator` of a list. */
export const iteratorFields = {
  limit: z.coerce.number().int().min(1).max(250).default(50),
  iterator: z.string().optional(),
};

/** `order` of a list. */
export const orderField = { order: z.enum(['ascending', 'descending']).optional() };

/** A boolean of a query. */
export const QueryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A list of names in a query, separated by commas. */
export const NameList = z.string().transform((text) => text.split(',').filter(Boolean));

/** Which part of a list is asked for. */
export interface ListRequest {
  limit: number;
  iterator?: string;
}

/** How a part is read: as many rows as `take`, from the one with the id `after` on (backwards when asked), that row left out. */
export interface Slice {
  take: number;
  after?: string;
  isBackwards: boolean;
}

/**
 * Reads a part of a list. An iterator is the id of the last row seen; with a minus in front the part before it is meant.
 *
 * @param read gives the rows in the list's order, reversed when `isBackwards`
 */
export async function readList<Row, Item>(
  request: ListRequest,
  read: (slice: Slice) => Promise<Row[]>,
  idOf: (row: Row) => string,
  toJSON: (row: Row) => Item,
): Promise<SvixList<Item>> {
  const isBackwards = request.iterator?.startsWith('-') ?? false;
  const after = isBackwards ? request.iterator!.slice(1) : request.iterator;
  const rows = await read({ take: request.limit + 1, after, isBackwards });
  const page = rows.slice(0, request.limit);
  if (isBackwards) page.reverse();
  const [first, last] = [page[0], page.at(-1)];
  return {
    data: page.map(toJSON),
    done: isBackwards ? false : rows.length <= request.limit,
    iterator: last ? idOf(last) : isBackwards ? null : (after ?? null),
    prevIterator: first ? `-${idOf(first)}` : null,
  };
}

/** A slice in Prisma's words, for lists ordered by creation. */
export function toPrisma({ take, after, isBackwards }: Slice, order: 'asc' | 'desc') {
  const direction = isBackwards ? (order === 'asc' ? 'desc' : 'asc') : order;
  return {
    orderBy: [{ createdAt: direction }, { id: direction }] as { createdAt?: 'asc' | 'desc'; id?: 'asc' | 'desc' }[],
    take,
    ...(after ? { cursor: { id: after }, skip: 1 } : {}),
  };
}
