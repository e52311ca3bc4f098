import { Module } from '@nestjs/common';
import { RoleSetsBapiController } from './role-sets.bapi.controller.js';
import { RoleSetsService } from './role-sets.service.js';

@Module({ controllers: [RoleSetsBapiController], providers: [RoleSetsService] })
export class RoleSetsModule {}
