import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { InstanceInfo, InstanceSelector, InstanceView } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, InternalController } from '@latchkey/http';
import { z } from 'zod';
import { Declaration, KeyRotation } from './declarations.schemas.js';
import { DeclarationsService, type AppliedInstance, type RotatedKey } from './declarations.service.js';
import { InstancesService } from './instances.service.js';

const Selector = z.union([
  z.strictObject({ host: z.string() }),
  z.strictObject({ publishable_key: z.string() }),
  z.strictObject({ secret_key_hash: z.string() }),
]);

/** What the gateway asks about instances, and how a start declares them. */
@InternalController('/instances')
export class InstancesInternalController {
  constructor(
    private readonly instances: InstancesService,
    private readonly declarations: DeclarationsService,
  ) {}

  @Get('/resolve')
  resolve(@Query({ schema: Selector }) selector: InstanceSelector): Promise<InstanceInfo | null> {
    return this.instances.resolve(selector);
  }

  @Get('/current')
  current(@Ctx() ctx: RequestContext): Promise<InstanceView> {
    return this.instances.view(ctx.instanceId);
  }

  @Post('/declare')
  @HttpCode(200)
  declare(@Body({ schema: Declaration }) body: Declaration): Promise<AppliedInstance[]> {
    return this.declarations.apply(body);
  }

  @Post('/rotate_keys')
  @HttpCode(200)
  rotateKeys(@Body({ schema: KeyRotation }) body: KeyRotation): Promise<RotatedKey> {
    return this.declarations.rotateKeys(body);
  }
}
