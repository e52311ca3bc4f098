import { Module } from '@nestjs/common';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { MessagesService } from './messages.service.js';

@Module({ imports: [VerificationsModule], providers: [MessagesService], exports: [MessagesService] })
export class MessagesModule {}
