import { Body, Param, Post } from '@nestjs/common';
import type { SessionVerificationJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import {
  AttemptFirstFactor,
  AttemptSecondFactor,
  PrepareFirstFactor,
  PrepareSecondFactor,
  StartReverification,
} from './reverifications.schemas.js';
import { ReverificationsService } from './reverifications.service.js';

@FapiController('/v1/client/sessions/:session_id/verify')
export class ReverificationsFapiController {
  constructor(private readonly reverifications: ReverificationsService) {}

  @Post()
  @Operation('startSessionReverification')
  start(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: StartReverification }) body: StartReverification,
  ): Promise<SessionVerificationJSON> {
    return this.reverifications.start(ctx, id, body);
  }

  @Post('/prepare_first_factor')
  @Operation('prepareSessionReverificationFirstFactor')
  prepareFirst(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: PrepareFirstFactor }) body: PrepareFirstFactor,
  ): Promise<SessionVerificationJSON> {
    return this.reverifications.prepareFirst(ctx, id, body);
  }

  @Post('/attempt_first_factor')
  @Operation('attemptSessionReverificationFirstFactor')
  attemptFirst(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: AttemptFirstFactor }) body: AttemptFirstFactor,
  ): Promise<SessionVerificationJSON> {
    return this.reverifications.attemptFirst(ctx, id, body);
  }

  @Post('/prepare_second_factor')
  @Operation('prepareSessionReverificationSecondFactor')
  prepareSecond(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: PrepareSecondFactor }) body: PrepareSecondFactor,
  ): Promise<SessionVerificationJSON> {
    return this.reverifications.prepareSecond(ctx, id, body);
  }

  @Post('/attempt_second_factor')
  @Operation('attemptSessionReverificationSecondFactor')
  attemptSecond(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: AttemptSecondFactor }) body: AttemptSecondFactor,
  ): Promise<SessionVerificationJSON> {
    return this.reverifications.attemptSecond(ctx, id, body);
  }
}
