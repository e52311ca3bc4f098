import { Get, Post, Put } from '@nestjs/common';
import type { ClientJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { ClientSnapshotsService } from './client-snapshots.service.js';

@FapiController('/v1/client')
export class ClientSnapshotsFapiController {
  constructor(private readonly snapshots: ClientSnapshotsService) {}

  @Get()
  @Operation('getClient')
  get(@Ctx() ctx: RequestContext): Promise<ClientJSON | null> {
    return this.snapshots.current(ctx);
  }

  @Put()
  @Operation('putClient')
  put(@Ctx() ctx: RequestContext): Promise<ClientJSON> {
    return this.snapshots.ensure(ctx);
  }

  @Post()
  @Operation('postClient')
  post(@Ctx() ctx: RequestContext): Promise<ClientJSON> {
    return this.snapshots.ensure(ctx);
  }
}
