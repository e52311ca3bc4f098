import { RoleReassignmentsService } from './role-reassignments.service.js';
import { Module } from '@nestjs/common';
import { InitialRolesInternalController } from './initial-roles.internal.controller.js';
import { InitialRolesService } from './initial-roles.service.js';
import { RoleSetsBapiController } from './role-sets.bapi.controller.js';
import { RoleSetsService } from './role-sets.service.js';

@Module({
  controllers: [RoleSetsBapiController, InitialRolesInternalController],
  providers: [RoleReassignmentsService, RoleSetsService, InitialRolesService],
})
export class RoleSetsModule {}
