import { Global, Module } from '@nestjs/common';
import { SecretBox } from '@latchkey/core';
import { IDENTITY_CONFIG, type IdentityConfig } from '../config.js';
import { DeclarationsService } from './declarations.service.js';
import { InstancesInternalController } from './instances.internal.controller.js';
import { InstancesService } from './instances.service.js';
import { JwksBapiController, JwksFapiController } from './jwks.controller.js';
import { SigningKeysService } from './signing-keys.service.js';

/** Global: nearly every feature depends on the settings of its instance. */
@Global()
@Module({
  controllers: [InstancesInternalController, JwksBapiController, JwksFapiController],
  providers: [
    InstancesService,
    DeclarationsService,
    SigningKeysService,
    {
      provide: SecretBox,
      inject: [IDENTITY_CONFIG],
      useFactory: (config: IdentityConfig) => new SecretBox(config.MASTER_KEY),
    },
  ],
  exports: [InstancesService, SigningKeysService, SecretBox],
})
export class InstancesModule {}
