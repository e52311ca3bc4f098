import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { OrganizationViews } from '@latchkey/clients';
import { SecretBox } from '@latchkey/core';
import { SharedState } from '@latchkey/state';
import { ORGANIZATIONS_CONFIG, type OrganizationsConfig } from '../config.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { DefaultRolesService } from '../roles/default-roles.service.js';
import { RolesLookup } from '../roles/roles.lookup.js';
import { EnabledGuard } from './enabled.guard.js';

/** Global: what every feature asks before it lets somebody do something. */
@Global()
@Module({
  providers: [
    OrganizationsLookup,
    RolesLookup,
    DefaultRolesService,
    {
      provide: OrganizationViews,
      inject: [SharedState],
      useFactory: (state: SharedState) => new OrganizationViews(state),
    },
    {
      provide: SecretBox,
      inject: [ORGANIZATIONS_CONFIG],
      useFactory: (config: OrganizationsConfig) => new SecretBox(config.MASTER_KEY),
    },
    { provide: APP_GUARD, useClass: EnabledGuard },
  ],
  exports: [OrganizationsLookup, RolesLookup, DefaultRolesService, OrganizationViews, SecretBox],
})
export class AccessModule {}
