import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { JwtTemplatesModule } from '../jwt-templates/jwt-templates.module.js';
import { UsersModule } from '../users/users.module.js';
import { SessionAdmissionService } from './session-admission.service.js';
import { ClaimValuesService } from './claim-values.service.js';
import { MemberClaimsService } from './member-claims.service.js';
import { OrganizationDeparturesService } from './organization-departures.service.js';
import { SessionActivityService } from './session-activity.service.js';
import { SessionExpiryService } from './session-expiry.service.js';
import { SessionTokensService } from './session-tokens.service.js';
import { SessionsBapiController } from './sessions.bapi.controller.js';
import { SessionsConsumer } from './sessions.consumer.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [ClientsModule, JwtTemplatesModule, UsersModule],
  controllers: [SessionsBapiController],
  providers: [
    SessionAdmissionService,
    SessionsService,
    SessionTokensService,
    SessionActivityService,
    SessionExpiryService,
    SessionsConsumer,
    OrganizationDeparturesService,
    MemberClaimsService,
    ClaimValuesService,
  ],
  exports: [
    // With it OrganizationsClient, which the callers of sessions need as well.
    UsersModule,
    SessionAdmissionService,
    SessionsService,
    SessionTokensService,
    MemberClaimsService,
    ClaimValuesService,
  ],
})
export class SessionsModule {}
