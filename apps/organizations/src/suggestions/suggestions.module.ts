import { Module } from '@nestjs/common';
import { SuggestionsFapiController } from './suggestions.fapi.controller.js';
import { SuggestionsService } from './suggestions.service.js';

@Module({ controllers: [SuggestionsFapiController], providers: [SuggestionsService] })
export class SuggestionsModule {}
