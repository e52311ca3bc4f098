import { Post } from '@nestjs/common';
import type { TestingTokenJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { TestingTokensService } from './testing-tokens.service.js';

@BapiController('/v1/testing_tokens')
export class TestingTokensBapiController {
  constructor(private readonly tokens: TestingTokensService) {}

  @Post()
  @Operation('CreateTestingToken')
  create(@Ctx() ctx: RequestContext): Promise<TestingTokenJSON> {
    return this.tokens.create(ctx);
  }
}
