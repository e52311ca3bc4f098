import { Get } from '@nestjs/common';
import type { OrganizationCreationDefaultsJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { CreationDefaultsService } from './creation-defaults.service.js';

@FapiController('/v1/me/organization_creation_defaults')
export class CreationDefaultsFapiController {
  constructor(private readonly defaults: CreationDefaultsService) {}

  @Get()
  @Operation('getOrganizationCreationDefaults')
  get(@Ctx() ctx: RequestContext): Promise<Omit<OrganizationCreationDefaultsJSON, 'object' | 'id'>> {
    return this.defaults.of(ctx);
  }
}
