import { Module } from '@nestjs/common';
import { ORGANIZATIONS_CONFIG, type OrganizationsConfig } from '../config.js';
import { DnsTxtResolver } from './adapters/dns-txt-resolver.js';
import { CodeLimitsService } from './code-limits.service.js';
import { DomainProofsService } from './domain-proofs.service.js';
import { DomainsBapiController } from './domains.bapi.controller.js';
import { DomainsFapiController } from './domains.fapi.controller.js';
import { DomainsReader } from './domains.reader.js';
import { DomainsService } from './domains.service.js';
import { TxtResolver } from './txt-resolver.js';

@Module({
  controllers: [DomainsBapiController, DomainsFapiController],
  providers: [
    DomainsService,
    DomainsReader,
    DomainProofsService,
    CodeLimitsService,
    {
      provide: TxtResolver,
      inject: [ORGANIZATIONS_CONFIG],
      useFactory: (config: OrganizationsConfig) => new DnsTxtResolver(config.DNS_SERVERS),
    },
  ],
  exports: [DomainsService],
})
export class DomainsModule {}
