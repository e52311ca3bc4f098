import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { DeletedObjectJSON, JwtTemplateJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toList } from '@latchkey/http';
import { ListJwtTemplates, WriteJwtTemplate } from './jwt-templates.schemas.js';
import { toJwtTemplateJSON } from './jwt-templates.serializer.js';
import { JwtTemplatesService } from './jwt-templates.service.js';

@BapiController('/v1/jwt_templates')
export class JwtTemplatesBapiController {
  constructor(private readonly templates: JwtTemplatesService) {}

  @Get()
  @Operation('ListJWTTemplates')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListJwtTemplates }) query: ListJwtTemplates,
  ): Promise<JwtTemplateJSON[] | Page<JwtTemplateJSON>> {
    return toList(await this.templates.list(ctx, query), query.paginated, toJwtTemplateJSON);
  }

  @Post()
  @Operation('CreateJWTTemplate')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: WriteJwtTemplate }) body: WriteJwtTemplate,
  ): Promise<JwtTemplateJSON> {
    return toJwtTemplateJSON(await this.templates.create(ctx, body));
  }

  @Get('/:template_id')
  @Operation('GetJWTTemplate')
  async get(@Ctx() ctx: RequestContext, @Param('template_id') id: string): Promise<JwtTemplateJSON> {
    return toJwtTemplateJSON(await this.templates.require(ctx, id));
  }

  @Patch('/:template_id')
  @Operation('UpdateJWTTemplate')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('template_id') id: string,
    @Body({ schema: WriteJwtTemplate }) body: WriteJwtTemplate,
  ): Promise<JwtTemplateJSON> {
    return toJwtTemplateJSON(await this.templates.update(ctx, id, body));
  }

  @Delete('/:template_id')
  @Operation('DeleteJWTTemplate')
  async delete(@Ctx() ctx: RequestContext, @Param('template_id') id: string): Promise<DeletedObjectJSON> {
    await this.templates.delete(ctx, id);
    return { object: 'jwt_template', id, deleted: true };
  }
}
