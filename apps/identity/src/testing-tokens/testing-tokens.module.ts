import { Module } from '@nestjs/common';
import { TestingTokensBapiController } from './testing-tokens.bapi.controller.js';
import { TestingTokensService } from './testing-tokens.service.js';

@Module({ controllers: [TestingTokensBapiController], providers: [TestingTokensService] })
export class TestingTokensModule {}
