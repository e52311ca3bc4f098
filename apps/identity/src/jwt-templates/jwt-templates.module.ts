import { Module } from '@nestjs/common';
import { JwtTemplatesBapiController } from './jwt-templates.bapi.controller.js';
import { JwtTemplatesService } from './jwt-templates.service.js';

@Module({ controllers: [JwtTemplatesBapiController], providers: [JwtTemplatesService], exports: [JwtTemplatesService] })
export class JwtTemplatesModule {}
