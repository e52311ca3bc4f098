import { Module } from '@nestjs/common';
import { BlocklistIdentifiersBapiController } from './blocklist-identifiers.bapi.controller.js';
import { BlocklistIdentifiersService } from './blocklist-identifiers.service.js';

@Module({ controllers: [BlocklistIdentifiersBapiController], providers: [BlocklistIdentifiersService] })
export class BlocklistIdentifiersModule {}
