import { z } from 'zod';

const selection = { include: z.array(z.string()), exclude: z.array(z.string()) };

/** Members of any organization of `include` and of none of `exclude`, a part in the order of their ids. */
export const MemberIds = z.strictObject({ ...selection, after: z.string(), limit: z.int().min(1).max(20_000) });
export type MemberIds = z.output<typeof MemberIds>;

/** Which of the users a selection means; without `include`, all but the members of `exclude`. */
export const MembersAmong = z.strictObject({ ...selection, user_ids: z.array(z.string()).max(2_000) });
export type MembersAmong = z.output<typeof MembersAmong>;
