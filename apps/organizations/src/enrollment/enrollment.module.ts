import { Module } from '@nestjs/common';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { EnrollmentConsumer } from './enrollment.consumer.js';
import { EnrollmentService } from './enrollment.service.js';

@Module({ imports: [InvitationsModule], providers: [EnrollmentService, EnrollmentConsumer] })
export class EnrollmentModule {}
