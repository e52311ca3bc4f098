import { Module } from '@nestjs/common';
import { RolesBapiController } from './roles.bapi.controller.js';
import { RolesFapiController } from './roles.fapi.controller.js';
import { RolesService } from './roles.service.js';

@Module({
  controllers: [RolesBapiController, RolesFapiController],
  providers: [RolesService],
  exports: [RolesService],
})
export class RolesModule {}
