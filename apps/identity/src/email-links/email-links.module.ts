import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { RedirectUrlsModule } from '../redirect-urls/redirect-urls.module.js';
import { EmailLinksService } from './email-links.service.js';

@Module({ imports: [MessagesModule, RedirectUrlsModule], providers: [EmailLinksService], exports: [EmailLinksService] })
export class EmailLinksModule {}
