import { Body, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx } from '@latchkey/http';
import type { FastifyReply } from 'fastify';
import { SvixController } from '../svix-api/svix-controller.js';
import { svixBadRequest } from '../svix-api/svix-errors.js';
import {
  DeleteEventType,
  EventTypeIn,
  EventTypePatch,
  EventTypeUpdate,
  ListEventTypes,
} from './event-types.schemas.js';
import { toEventTypeJSON } from './event-types.serializer.js';
import { EventTypesService } from './event-types.service.js';

/** `svix.eventType` */
@SvixController('/event-type')
export class EventTypesSvixController {
  constructor(private readonly eventTypes: EventTypesService) {}

  @Get()
  async list(@Ctx() ctx: RequestContext, @Query({ schema: ListEventTypes }) query: ListEventTypes) {
    return this.eventTypes.list(ctx, query);
  }

  @Post()
  async create(@Ctx() ctx: RequestContext, @Body({ schema: EventTypeIn }) body: EventTypeIn) {
    return toEventTypeJSON(await this.eventTypes.create(ctx, body));
  }

  @Post('import/openapi')
  importOpenapi(): never {
    throw svixBadRequest('not_supported', 'Importing event types is not supported; create them one by one.');
  }

  @Get(':name')
  async get(@Ctx() ctx: RequestContext, @Param('name') name: string) {
    return toEventTypeJSON(await this.eventTypes.require(ctx, name));
  }

  @Put(':name')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('name') name: string,
    @Body({ schema: EventTypeUpdate }) body: EventTypeUpdate,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { type, isNew } = await this.eventTypes.update(ctx, name, body);
    reply.status(isNew ? 201 : 200);
    return toEventTypeJSON(type);
  }

  @Patch(':name')
  async patch(
    @Ctx() ctx: RequestContext,
    @Param('name') name: string,
    @Body({ schema: EventTypePatch }) body: EventTypePatch,
  ) {
    return toEventTypeJSON(await this.eventTypes.patch(ctx, name, body));
  }

  @Delete(':name')
  @HttpCode(204)
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('name') name: string,
    @Query({ schema: DeleteEventType }) query: DeleteEventType,
  ): Promise<void> {
    await this.eventTypes.delete(ctx, name, query.expunge);
  }
}
