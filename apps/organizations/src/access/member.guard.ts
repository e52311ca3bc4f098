import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ContextualRequest } from '@latchkey/http';
import { OrganizationsDb } from '../db.js';
import { permissionMissing } from '../memberships/memberships.errors.js';
import { organizationNotFoundOrUnauthorized } from '../organizations/organizations.errors.js';
import type { SystemPermission } from '../roles/roles.defaults.js';
import { RolesLookup } from '../roles/roles.lookup.js';

const PERMISSIONS = 'latchkey:permissions';

/** What the caller's role must allow; of several permissions one is enough. Evaluated by `MemberGuard`. */
export const RequiresPermission = (...anyOf: SystemPermission[]): MethodDecorator => SetMetadata(PERMISSIONS, anyOf);

/** Lets members of the organization in the path through, as far as their role allows; to others it does not exist. */
@Injectable()
export class MemberGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly db: OrganizationsDb,
    private readonly roles: RolesLookup,
  ) {}

  async canActivate(host: ExecutionContext): Promise<boolean> {
    const request = host.switchToHttp().getRequest<ContextualRequest>();
    const { instanceId, userId } = request.latchkey!;
    const organizationId = (request.params as Record<string, string | undefined>).organization_id;
    if (organizationId === undefined) return true;
    const membership = await this.db.membership.findFirst({
      where: { instanceId, organizationId, userId: userId ?? '' },
    });
    if (!membership) throw organizationNotFoundOrUnauthorized();
    const anyOf = this.reflector.get<SystemPermission[] | undefined>(PERMISSIONS, host.getHandler()) ?? [];
    const { permissions } = await this.roles.view(instanceId, membership.roleId);
    if (anyOf.length && !anyOf.some((key) => permissions.includes(key))) throw permissionMissing(anyOf);
    return true;
  }
}
