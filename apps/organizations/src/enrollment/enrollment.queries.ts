import { PLANNED_ANEW } from '@latchkey/db';
import type { OrganizationsDb } from '../db.js';
import { Prisma, type OrganizationDomain } from '../generated/prisma/client.js';
import { like } from '../memberships/memberships.queries.js';

/** Users with an address of a domain, verified or not, a batch in the order of their ids. */
export async function usersOfDomain(
  db: OrganizationsDb,
  { instanceId, name }: OrganizationDomain,
  after: string,
  limit: number,
): Promise<string[]> {
  const anywhere = like(`@${name}`);
  const atTheEnd = anywhere.slice(0, -1);
  // The trigram index finds the few who have the text; the whole table is not read in the order of its ids.
  const rows = await db.$queryRaw<{ user_id: string }[]>`${Prisma.raw(PLANNED_ANEW)}
    WITH found AS MATERIALIZED (
      SELECT user_id FROM user_profiles
      WHERE instance_id = ${instanceId} AND search LIKE ${anywhere} AND user_id > ${after}
        AND EXISTS (SELECT FROM unnest(email_addresses) AS one WHERE lower(one) LIKE ${atTheEnd}))
    SELECT user_id FROM found ORDER BY user_id LIMIT ${limit}`;
  return rows.map((row) => row.user_id);
}
