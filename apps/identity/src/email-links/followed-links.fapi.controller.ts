import { Get, Query, Redirect } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { VerifyLink } from './email-links.schemas.js';
import { FollowedLinksService } from './followed-links.service.js';

@FapiController('/v1/verify')
export class FollowedLinksFapiController {
  constructor(private readonly links: FollowedLinksService) {}

  @Get()
  @Operation('verify')
  @Redirect(undefined, 303)
  async verify(
    @Ctx() ctx: RequestContext,
    @Query({ schema: VerifyLink }) { token }: VerifyLink,
  ): Promise<{ url: string }> {
    return { url: await this.links.follow(ctx, token) };
  }
}
