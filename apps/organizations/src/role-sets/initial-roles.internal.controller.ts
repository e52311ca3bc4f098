import { Body, Get, HttpCode, Post } from '@nestjs/common';
import type { InitialRoles } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, InternalController } from '@latchkey/http';
import { InitialRolesService } from './initial-roles.service.js';
import { ChooseInitialRoles } from './role-sets.schemas.js';

/** What identity asks and sets when an administrator looks at the settings of organizations. */
@InternalController('/initial_roles')
export class InitialRolesInternalController {
  constructor(private readonly roles: InitialRolesService) {}

  @Get()
  get(@Ctx() ctx: RequestContext): Promise<InitialRoles> {
    return this.roles.get(ctx);
  }

  @Post()
  @HttpCode(200)
  choose(
    @Ctx() ctx: RequestContext,
    @Body({ schema: ChooseInitialRoles }) body: ChooseInitialRoles,
  ): Promise<InitialRoles> {
    return this.roles.choose(ctx, body);
  }
}
