import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '@latchkey/config';
import { DbModule } from '@latchkey/db';
import { EventsModule } from '@latchkey/events';
import { SecretBox } from '@latchkey/core';
import { HttpModule } from '@latchkey/http';
import { DueTasksModule, Sweepers } from '@latchkey/jobs';
import { MailQueueModule } from '@latchkey/messaging';
import { PlatformModule, type Env, type Platform } from '@latchkey/platform';
import { AccessModule } from './access/access.module.js';
import { ORGANIZATIONS_CONFIG, OrganizationsConfig } from './config.js';
import { OrganizationsDb } from './db.js';
import { DirectoryModule } from './directory/directory.module.js';
import { PrismaClient } from './generated/prisma/client.js';
import { CreationDefaultsModule } from './creation-defaults/creation-defaults.module.js';
import { DomainsModule } from './domains/domains.module.js';
import { EnrollmentModule } from './enrollment/enrollment.module.js';
import { InstanceTasksModule } from './instance-tasks/instance-tasks.module.js';
import { InvitationsModule } from './invitations/invitations.module.js';
import { MembershipsModule } from './memberships/memberships.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { OrganizationsFeatureModule } from './organizations/organizations.module.js';
import { LogosModule } from './logos/logos.module.js';
import { MembershipRequestsModule } from './membership-requests/membership-requests.module.js';
import { PermissionsModule } from './permissions/permissions.module.js';
import { RoleSetsModule } from './role-sets/role-sets.module.js';
import { RolesModule } from './roles/roles.module.js';
import { SuggestionsModule } from './suggestions/suggestions.module.js';
import { UserProfilesModule } from './user-profiles/user-profiles.module.js';
import { ViewsModule } from './views/views.module.js';

/** The service `organizations`: what stands around its features. */
@Module({})
export class OrganizationsModule {
  static forRoot(env: Env, platform: Platform): DynamicModule {
    const config = loadConfig(OrganizationsConfig, env);
    const databaseUrl = config.ORGANIZATIONS_DATABASE_URL;
    return {
      module: OrganizationsModule,
      global: true,
      imports: [
        PlatformModule.forRoot(platform),
        DbModule.forRoot(OrganizationsDb, PrismaClient, {
          url: databaseUrl,
          poolSize: config.ORGANIZATIONS_DATABASE_POOL,
        }),
        HttpModule.forRoot({ contextKey: config.CONTEXT_SIGNING_KEY, db: OrganizationsDb }),
        EventsModule.forRoot({
          service: 'organizations',
          db: OrganizationsDb,
          databaseUrl,
          consumes: ['identity'],
          adapter: platform.events,
        }),
        MailQueueModule.forRoot({
          name: 'organizations.mail',
          db: OrganizationsDb,
          sweepers: Sweepers,
          box: new SecretBox(config.MASTER_KEY),
        }),
        DueTasksModule.forRoot({ service: 'organizations', db: OrganizationsDb }),
        DirectoryModule,
        InstanceTasksModule,
        AccessModule,
        UserProfilesModule,
        MessagesModule,
        OrganizationsFeatureModule,
        MembershipsModule,
        InvitationsModule,
        RolesModule,
        PermissionsModule,
        RoleSetsModule,
        DomainsModule,
        EnrollmentModule,
        SuggestionsModule,
        MembershipRequestsModule,
        CreationDefaultsModule,
        LogosModule,
        ViewsModule,
      ],
      providers: [{ provide: ORGANIZATIONS_CONFIG, useValue: config }],
      exports: [ORGANIZATIONS_CONFIG],
    };
  }
}
