import { Injectable } from '@nestjs/common';
import type { EnvironmentJSON } from '@clerk/shared/types';
import { OrganizationsClient, ServiceUnavailable, type InitialRoles } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { log } from '@latchkey/observability';
import { InstancesService } from '../instances/instances.service.js';
import { toEnvironmentJSON } from './environment.serializer.js';

/** What clerk-js must know of an instance. */
@Injectable()
export class EnvironmentService {
  constructor(
    private readonly instances: InstancesService,
    private readonly organizations: OrganizationsClient,
  ) {}

  async get(ctx: RequestContext): Promise<EnvironmentJSON> {
    const instance = await this.instances.require(ctx.instanceId);
    const roles = instance.settings.organizations.enabled ? await this.initialRoles(ctx) : null;
    return toEnvironmentJSON(instance, await this.instances.isTestMode(ctx), roles);
  }

  /** Their keys as they are now: the settings have those of when they were chosen. */
  private initialRoles(ctx: RequestContext): Promise<InitialRoles | null> {
    return this.organizations.initialRoles(ctx).catch((err: unknown) => {
      if (!(err instanceof ServiceUnavailable)) throw err;
      log.warn({ err }, 'the environment shows the roles of organizations as they were chosen');
      return null;
    });
  }
}
