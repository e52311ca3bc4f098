import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { OrganizationViews } from '@latchkey/clients';
import { SharedState } from '@latchkey/state';
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
    { provide: APP_GUARD, useClass: EnabledGuard },
  ],
  exports: [OrganizationsLookup, RolesLookup, DefaultRolesService, OrganizationViews],
})
export class AccessModule {}
