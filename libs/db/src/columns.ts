/**
 * The columns of a table as SQL selects them under the names that Prisma gives its rows.
 *
 * @param alias of the table in the statement
 * @param fields the model's `...ScalarFieldEnum`
 */
export const columns = (alias: string, fields: object): string =>
  Object.keys(fields)
    .map((field) => `${alias}.${columnOf(field)} AS "${field}"`)
    .join();

/** `emailAddress` as its column is named. */
const columnOf = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
