import { Module } from '@nestjs/common';
import { PermissionsBapiController } from './permissions.bapi.controller.js';
import { PermissionsService } from './permissions.service.js';

@Module({ controllers: [PermissionsBapiController], providers: [PermissionsService] })
export class PermissionsModule {}
