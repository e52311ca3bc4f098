import { Get, Query } from '@nestjs/common';
import type { UserSummary } from '@latchkey/clients';
import { oneOrMany, type RequestContext } from '@latchkey/contracts';
import { Ctx, InternalController } from '@latchkey/http';
import { z } from 'zod';
import { UserSummariesService } from './user-summaries.service.js';

/** As many as the longest page of a list shows. */
const UserIds = z.strictObject({ ids: oneOrMany(z.string(), 500) });

/** What the other services ask about users. */
@InternalController('/users')
export class UsersInternalController {
  constructor(private readonly summaries: UserSummariesService) {}

  @Get()
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: UserIds }) { ids }: z.output<typeof UserIds>,
  ): Promise<UserSummary[]> {
    return this.summaries.list(ctx, ids);
  }
}
