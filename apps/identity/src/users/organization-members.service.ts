import { Injectable } from '@nestjs/common';
import { OrganizationsClient } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import type { Members } from './users.queries.js';
import type { Selection, UserListQuery } from './users.schemas.js';

/** As many members are named to the database; beyond, they are looked at part by part. */
const MOST_NAMED = 5_000;
const STEP = 1_000;

/** Whom a filter by organization means: its owner knows, and is asked for no more at once than memory may hold. */
@Injectable()
export class OrganizationMembersService {
  constructor(private readonly organizations: OrganizationsClient) {}

  /** Whom a selection means, when they are few enough to be named. */
  async named(ctx: RequestContext, selection: Selection): Promise<Members | undefined> {
    const ids = await this.organizations.memberIds(ctx, listed(selection), { after: '', limit: MOST_NAMED + 1 });
    if (ids.length > MOST_NAMED) return undefined;
    return selection.include.length ? { include: ids } : { exclude: ids };
  }

  /**
   * The page of a query: goes through the users in its order and asks which of them are meant. Where thousands are, a page is
   * soon full.
   */
  async walk(
    ctx: RequestContext,
    selection: Selection,
    query: UserListQuery,
    find: (page: UserListQuery) => Promise<string[]>,
  ): Promise<string[]> {
    const wanted = query.offset + query.limit;
    const found: string[] = [];
    for (let offset = 0; found.length < wanted; offset += STEP) {
      const ids = await find({ ...query, offset, limit: STEP });
      if (ids.length) found.push(...(await this.organizations.membersAmong(ctx, selection, ids)));
      if (ids.length < STEP) break;
    }
    return found.slice(query.offset, wanted);
  }

  /** How many fit: the members are counted part by part, and taken off where they are left out. */
  async count(
    ctx: RequestContext,
    selection: Selection,
    count: (members?: Members) => Promise<number>,
  ): Promise<number> {
    let members = 0;
    for (let after = ''; ;) {
      const ids = await this.organizations.memberIds(ctx, listed(selection), { after, limit: MOST_NAMED });
      if (ids.length) members += await count({ include: ids });
      if (ids.length < MOST_NAMED) break;
      after = ids.at(-1)!;
    }
    return selection.include.length ? members : (await count()) - members;
  }
}

/** The members that must be known: those who are meant, or else those who are left out. */
const listed = ({ include, exclude }: Selection): Selection =>
  include.length ? { include, exclude } : { include: exclude, exclude: [] };
