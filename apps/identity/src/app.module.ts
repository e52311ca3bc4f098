import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '@latchkey/config';
import { DbModule } from '@latchkey/db';
import { EventsModule } from '@latchkey/events';
import { SecretBox } from '@latchkey/core';
import { HttpModule } from '@latchkey/http';
import { DueTasksModule, Sweepers } from '@latchkey/jobs';
import { MailQueueModule } from '@latchkey/messaging';
import { PlatformModule, type Env, type Platform } from '@latchkey/platform';
import { ClientSessionsModule } from './client-sessions/client-sessions.module.js';
import { AllowlistIdentifiersModule } from './allowlist-identifiers/allowlist-identifiers.module.js';
import { BlocklistIdentifiersModule } from './blocklist-identifiers/blocklist-identifiers.module.js';
import { ActorTokensModule } from './actor-tokens/actor-tokens.module.js';
import { ClientSnapshotsModule } from './client-snapshots/client-snapshots.module.js';
import { ClientTokenHook } from './clients/client-token.hook.js';
import { ClientsModule } from './clients/clients.module.js';
import { IDENTITY_CONFIG, IdentityConfig } from './config.js';
import { IdentityDb } from './db.js';
import { DevBrowsersModule } from './dev-browsers/dev-browsers.module.js';
import { EmailAddressesModule } from './email-addresses/email-addresses.module.js';
import { FollowedLinksModule } from './email-links/followed-links.module.js';
import { EnvironmentModule } from './environment/environment.module.js';
import { PrismaClient } from './generated/prisma/client.js';
import { HandshakesModule } from './handshakes/handshakes.module.js';
import { InstanceSettingsModule } from './instance-settings/instance-settings.module.js';
import { InstancesModule } from './instances/instances.module.js';
import { InvitationsModule } from './invitations/invitations.module.js';
import { ReverificationsModule } from './reverifications/reverifications.module.js';
import { StepUpModule } from './reverifications/step-up.module.js';
import { SessionRefreshesModule } from './session-refreshes/session-refreshes.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { SignInTokensModule } from './sign-in-tokens/sign-in-tokens.module.js';
import { JwtTemplatesModule } from './jwt-templates/jwt-templates.module.js';
import { PhoneNumbersModule } from './phone-numbers/phone-numbers.module.js';
import { RedirectUrlsModule } from './redirect-urls/redirect-urls.module.js';
import { ImagesModule } from './images/images.module.js';
import { MeModule } from './me/me.module.js';
import { SignInsModule } from './sign-ins/sign-ins.module.js';
import { SignUpsModule } from './sign-ups/sign-ups.module.js';
import { UserAccountsModule } from './users/user-accounts.module.js';
import { TestingTokensModule } from './testing-tokens/testing-tokens.module.js';
import { TicketLinksModule } from './ticket-links/ticket-links.module.js';

/** Tables above instances, or by which a request's instance is found. */
const UNSCOPED = ['Application', 'Instance', 'InstanceHost', 'SecretKey'];

/** The service `identity`: what stands around its features. */
@Module({})
export class IdentityModule {
  static forRoot(env: Env, platform: Platform): DynamicModule {
    const config = loadConfig(IdentityConfig, env);
    const databaseUrl = config.IDENTITY_DATABASE_URL;
    return {
      module: IdentityModule,
      global: true,
      imports: [
        PlatformModule.forRoot(platform),
        DbModule.forRoot(IdentityDb, PrismaClient, {
          url: databaseUrl,
          poolSize: config.IDENTITY_DATABASE_POOL,
          unscoped: UNSCOPED,
        }),
        HttpModule.forRoot({ contextKey: config.CONTEXT_SIGNING_KEY, db: IdentityDb }),
        EventsModule.forRoot({
          service: 'identity',
          db: IdentityDb,
          databaseUrl,
          consumes: ['organizations', 'billing'],
          adapter: platform.events,
        }),
        DueTasksModule.forRoot({ service: 'identity', db: IdentityDb }),
        MailQueueModule.forRoot({
          name: 'identity.mail',
          db: IdentityDb,
          sweepers: Sweepers,
          box: new SecretBox(config.MASTER_KEY),
        }),
        InstancesModule,
        InstanceSettingsModule,
        ClientsModule,
        ClientSessionsModule,
        JwtTemplatesModule,
        RedirectUrlsModule,
        RetentionModule,
        HandshakesModule,
        ReverificationsModule,
        StepUpModule,
        SessionRefreshesModule,
        ClientSnapshotsModule,
        DevBrowsersModule,
        EmailAddressesModule,
        FollowedLinksModule,
        PhoneNumbersModule,
        EnvironmentModule,
        AllowlistIdentifiersModule,
        BlocklistIdentifiersModule,
        InvitationsModule,
        SignInTokensModule,
        ActorTokensModule,
        TestingTokensModule,
        TicketLinksModule,
        SignInsModule,
        SignUpsModule,
        UserAccountsModule,
        ImagesModule,
        MeModule,
      ],
      providers: [{ provide: IDENTITY_CONFIG, useValue: config }, ClientTokenHook],
      exports: [IDENTITY_CONFIG],
    };
  }
}
