import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClientStates, IdentityClient, ServiceTransport } from '@latchkey/clients';
import { loadConfig } from '@latchkey/config';
import { HealthChecks, HealthController } from '@latchkey/http';
import { PlatformModule, type Env, type Platform } from '@latchkey/platform';
import { SharedState } from '@latchkey/state';
import { BapiController } from './bapi/bapi.controller.js';
import { BapiService } from './bapi/bapi.service.js';
import { CallersService } from './clients/callers.service.js';
import { ClientTokens } from './clients/client-tokens.js';
import { GATEWAY_CONFIG, GatewayConfig, SHOWS_INBOX } from './config.js';
import { CallerTokensService } from './fapi/caller-tokens.service.js';
import { FapiRequestsService } from './fapi/fapi-requests.service.js';
import { FapiController } from './fapi/fapi.controller.js';
import { FapiService } from './fapi/fapi.service.js';
import { OwnOperations } from './fapi/own-operations.js';
import { ForwardingService } from './forwarding/forwarding.service.js';
import { InboxController } from './inbox/inbox.controller.js';
import { InstancesService } from './instances/instances.service.js';
import { GuessesService } from './limits/guesses.service.js';
import { LimitsService } from './limits/limits.service.js';
import { createGatewayApp } from './listeners/create-gateway.js';
import { Listeners } from './listeners/listeners.js';
import { BundlesService } from './npm/bundles.service.js';
import { NpmController } from './npm/npm.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { HomeController } from './portal/home.controller.js';
import { PortalController } from './portal/portal.controller.js';
import { GatewayExceptionFilter } from './requests/gateway-exception.filter.js';
import { WebhooksPortalController } from './webhooks-portal/webhooks-portal.controller.js';

export { listen } from './listeners/create-gateway.js';
export type { Address, ListenerName } from './listeners/listeners.js';

/** The gateway: the only process that callers reach. */
@Module({})
export class GatewayModule {
  static forRoot(config: GatewayConfig, platform: Platform): DynamicModule {
    const showsInbox = platform.messaging.inbox !== undefined;
    return {
      module: GatewayModule,
      imports: [PlatformModule.forRoot(platform)],
      controllers: [
        HealthController,
        NpmController,
        HomeController,
        PortalController,
        ...(showsInbox ? [InboxController] : []),
        WebhooksPortalController,
        OpenApiController,
        FapiController,
        BapiController,
      ],
      providers: [
        { provide: GATEWAY_CONFIG, useValue: config },
        { provide: SHOWS_INBOX, useValue: showsInbox },
        { provide: HealthChecks, useValue: new HealthChecks({}) },
        {
          provide: IdentityClient,
          inject: [ServiceTransport],
          useFactory: (transport: ServiceTransport) => new IdentityClient(transport),
        },
        { provide: ClientStates, inject: [SharedState], useFactory: (state: SharedState) => new ClientStates(state) },
        { provide: APP_FILTER, useClass: GatewayExceptionFilter },
        Listeners,
        GuessesService,
        InstancesService,
        ClientTokens,
        CallersService,
        LimitsService,
        ForwardingService,
        FapiRequestsService,
        FapiService,
        CallerTokensService,
        OwnOperations,
        BapiService,
        BundlesService,
      ],
    };
  }
}

/** The gateway's application, configured by `env`; it does not listen yet. */
export function createGateway(env: Env, platform: Platform): Promise<NestFastifyApplication> {
  const config = loadConfig(GatewayConfig, env);
  return createGatewayApp(GatewayModule.forRoot(config, platform), config);
}
