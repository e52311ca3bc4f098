import { Body, Get, Patch } from '@nestjs/common';
import type { InstanceJSON, InstanceRestrictionsJSON, OrganizationSettingsJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import {
  UpdateInstance,
  UpdateInstanceAuthConfig,
  UpdateInstanceCommunication,
  UpdateInstanceOrganizationSettings,
  UpdateInstanceProtect,
  UpdateInstanceRestrictions,
} from './instance-settings.schemas.js';
import {
  protectJSON,
  toAuthConfigJSON,
  toCommunicationJSON,
  toInstanceJSON,
  toOrganizationSettingsJSON,
  toRestrictionsJSON,
} from './instance-settings.serializer.js';
import { InstanceSettingsService } from './instance-settings.service.js';

@BapiController('/v1/instance')
export class InstanceSettingsBapiController {
  constructor(private readonly settings: InstanceSettingsService) {}

  @Get()
  @Operation('GetInstance')
  async get(@Ctx() ctx: RequestContext): Promise<InstanceJSON> {
    return toInstanceJSON(await this.settings.get(ctx));
  }

  @Patch()
  @Operation('UpdateInstance')
  async update(@Ctx() ctx: RequestContext, @Body({ schema: UpdateInstance }) body: UpdateInstance): Promise<void> {
    await this.settings.update(ctx, body);
  }

  @Patch('/restrictions')
  @Operation('UpdateInstanceRestrictions')
  async updateRestrictions(
    @Ctx() ctx: RequestContext,
    @Body({ schema: UpdateInstanceRestrictions }) body: UpdateInstanceRestrictions,
  ): Promise<Omit<InstanceRestrictionsJSON, 'id'>> {
    return toRestrictionsJSON(await this.settings.updateRestrictions(ctx, body));
  }

  @Get('/protect')
  @Operation('GetInstanceProtect')
  protect(): typeof protectJSON {
    return protectJSON;
  }

  @Patch('/protect')
  @Operation('UpdateInstanceProtect')
  updateProtect(@Body({ schema: UpdateInstanceProtect }) _body: object): typeof protectJSON {
    return protectJSON;
  }

  @Get('/communication')
  @Operation('GetInstanceCommunication')
  async communication(@Ctx() ctx: RequestContext): Promise<ReturnType<typeof toCommunicationJSON>> {
    return toCommunicationJSON(await this.settings.settings(ctx));
  }

  @Patch('/communication')
  @Operation('UpdateInstanceCommunication')
  async updateCommunication(
    @Ctx() ctx: RequestContext,
    @Body({ schema: UpdateInstanceCommunication }) body: UpdateInstanceCommunication,
  ): Promise<ReturnType<typeof toCommunicationJSON>> {
    return toCommunicationJSON(await this.settings.updateCommunication(ctx, body));
  }

  @Get('/organization_settings')
  @Operation('GetInstanceOrganizationSettings')
  async organizationSettings(@Ctx() ctx: RequestContext): Promise<Omit<OrganizationSettingsJSON, 'id'>> {
    const { settings, roles } = await this.settings.organizationSettings(ctx);
    return toOrganizationSettingsJSON(settings, roles);
  }

  @Patch('/organization_settings')
  @Operation('UpdateInstanceOrganizationSettings')
  async updateOrganizationSettings(
    @Ctx() ctx: RequestContext,
    @Body({ schema: UpdateInstanceOrganizationSettings }) body: UpdateInstanceOrganizationSettings,
  ): Promise<Omit<OrganizationSettingsJSON, 'id'>> {
    const { settings, roles } = await this.settings.updateOrganizationSettings(ctx, body);
    return toOrganizationSettingsJSON(settings, roles);
  }
}

@BapiController('/v1/beta_features')
export class BetaFeaturesBapiController {
  constructor(private readonly settings: InstanceSettingsService) {}

  @Patch('/instance_settings')
  @Operation('UpdateInstanceAuthConfig')
  async updateAuthConfig(
    @Ctx() ctx: RequestContext,
    @Body({ schema: UpdateInstanceAuthConfig }) body: UpdateInstanceAuthConfig,
  ): Promise<ReturnType<typeof toAuthConfigJSON>> {
    return toAuthConfigJSON(ctx.instanceId, await this.settings.updateAuthConfig(ctx, body));
  }
}
