import { Global, Module } from '@nestjs/common';
import { MessagesService } from './messages.service.js';

/** Global: several features write to somebody. */
@Global()
@Module({ providers: [MessagesService], exports: [MessagesService] })
export class MessagesModule {}
