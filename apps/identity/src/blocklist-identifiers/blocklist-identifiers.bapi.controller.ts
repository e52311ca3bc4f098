import { Body, Delete, Get, Param, Post } from '@nestjs/common';
import type { BlocklistIdentifierJSON, DeletedObjectJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { CreateBlocklistIdentifier } from './blocklist-identifiers.schemas.js';
import { toBlocklistIdentifierJSON } from './blocklist-identifiers.serializer.js';
import { BlocklistIdentifiersService } from './blocklist-identifiers.service.js';

@BapiController('/v1/blocklist_identifiers')
export class BlocklistIdentifiersBapiController {
  constructor(private readonly identifiers: BlocklistIdentifiersService) {}

  @Post()
  @Operation('CreateBlocklistIdentifier')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateBlocklistIdentifier }) body: CreateBlocklistIdentifier,
  ): Promise<BlocklistIdentifierJSON> {
    return toBlocklistIdentifierJSON(await this.identifiers.create(ctx, body));
  }

  @Get()
  @Operation('ListBlocklistIdentifiers')
  async list(@Ctx() ctx: RequestContext): Promise<Page<BlocklistIdentifierJSON>> {
    const rows = await this.identifiers.list(ctx);
    return { data: rows.map(toBlocklistIdentifierJSON), total_count: rows.length };
  }

  @Delete('/:identifier_id')
  @Operation('DeleteBlocklistIdentifier')
  async delete(@Ctx() ctx: RequestContext, @Param('identifier_id') id: string): Promise<DeletedObjectJSON> {
    await this.identifiers.delete(ctx, id);
    return { object: 'blocklist_identifier', id, deleted: true };
  }
}
