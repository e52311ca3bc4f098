import { Get, Query } from '@nestjs/common';
import type { InstanceInfo, InstanceSelector } from '@latchkey/clients';
import { InternalController } from '@latchkey/http';
import { z } from 'zod';
import { InstancesService } from './instances.service.js';

const Selector = z.union([
  z.strictObject({ host: z.string() }),
  z.strictObject({ publishable_key: z.string() }),
  z.strictObject({ secret_key_hash: z.string() }),
]);

/** What the gateway asks about instances. */
@InternalController('/instances')
export class InstancesInternalController {
  constructor(private readonly instances: InstancesService) {}

  @Get('/resolve')
  resolve(@Query({ schema: Selector }) selector: InstanceSelector): Promise<InstanceInfo | null> {
    return this.instances.resolve(selector);
  }
}
