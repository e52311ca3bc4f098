import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { StepUpService } from './step-up.service.js';

/** Apart from `ReverificationsModule`, so that the features of a user can ask for a step-up without a cycle. */
@Module({ imports: [ClientsModule], providers: [StepUpService], exports: [StepUpService] })
export class StepUpModule {}
