import { Module } from '@nestjs/common';
import { RedirectUrlsBapiController } from './redirect-urls.bapi.controller.js';
import { RedirectUrlsService } from './redirect-urls.service.js';

@Module({ controllers: [RedirectUrlsBapiController], providers: [RedirectUrlsService], exports: [RedirectUrlsService] })
export class RedirectUrlsModule {}
