import { Body, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { AllowlistIdentifierJSON, DeletedObjectJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toList } from '@latchkey/http';
import { CreateAllowlistIdentifier, ListAllowlistIdentifiers } from './allowlist-identifiers.schemas.js';
import { toAllowlistIdentifierJSON } from './allowlist-identifiers.serializer.js';
import { AllowlistIdentifiersService } from './allowlist-identifiers.service.js';

@BapiController('/v1/allowlist_identifiers')
export class AllowlistIdentifiersBapiController {
  constructor(private readonly identifiers: AllowlistIdentifiersService) {}

  @Post()
  @Operation('CreateAllowlistIdentifier')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateAllowlistIdentifier }) body: CreateAllowlistIdentifier,
  ): Promise<AllowlistIdentifierJSON> {
    return toAllowlistIdentifierJSON(await this.identifiers.create(ctx, body));
  }

  @Get()
  @Operation('ListAllowlistIdentifiers')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListAllowlistIdentifiers }) query: ListAllowlistIdentifiers,
  ): Promise<Page<AllowlistIdentifierJSON> | AllowlistIdentifierJSON[]> {
    return toList(await this.identifiers.list(ctx, query), query.paginated, toAllowlistIdentifierJSON);
  }

  @Delete('/:identifier_id')
  @Operation('DeleteAllowlistIdentifier')
  async delete(@Ctx() ctx: RequestContext, @Param('identifier_id') id: string): Promise<DeletedObjectJSON> {
    await this.identifiers.delete(ctx, id);
    return { object: 'allowlist_identifier', id, deleted: true };
  }
}
