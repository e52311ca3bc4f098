import { Get, Param, Post, Query } from '@nestjs/common';
import type { OrganizationSuggestionJSON } from '@clerk/shared/types';
import type { Page, RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { ListSuggestions } from './suggestions.schemas.js';
import { SuggestionsService } from './suggestions.service.js';

@FapiController('/v1/me/organization_suggestions')
export class SuggestionsFapiController {
  constructor(private readonly suggestions: SuggestionsService) {}

  @Get()
  @Operation('getOrganizationSuggestions')
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListSuggestions }) query: ListSuggestions,
  ): Promise<Page<OrganizationSuggestionJSON>> {
    return this.suggestions.list(ctx, query);
  }

  @Post('/:suggestion_id/accept')
  @Operation('acceptOrganizationSuggestion')
  accept(@Ctx() ctx: RequestContext, @Param('suggestion_id') id: string): Promise<OrganizationSuggestionJSON> {
    return this.suggestions.accept(ctx, id);
  }
}
