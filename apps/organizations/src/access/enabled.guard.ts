import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { OperationId } from '@latchkey/contracts';
import { API, OPERATION, type ContextualRequest } from '@latchkey/http';
import { DirectoryService } from '../directory/directory.service.js';
import { organizationsDisabled } from '../organizations/organizations.errors.js';
import { DefaultRolesService } from '../roles/default-roles.service.js';

/** Lets requests in while the instance has organizations on, and gives it its first roles. Pictures are shown in any case. */
@Injectable()
export class EnabledGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly directory: DirectoryService,
    private readonly defaults: DefaultRolesService,
  ) {}

  async canActivate(host: ExecutionContext): Promise<boolean> {
    const api = this.reflector.get<string | undefined>(API, host.getClass());
    const { latchkey: ctx } = host.switchToHttp().getRequest<ContextualRequest>();
    if ((api !== 'fapi' && api !== 'bapi') || !ctx) return true;
    if (this.reflector.get<OperationId | undefined>(OPERATION, host.getHandler()) === 'getOrganizationImage')
      return true;
    const instance = await this.directory.instance(ctx);
    if (!instance.organizations.enabled) throw organizationsDisabled();
    await this.defaults.ensure(instance);
    return true;
  }
}
