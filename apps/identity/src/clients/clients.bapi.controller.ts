import { Body, Get, Param, Post, Query } from '@nestjs/common';
import type { ClientJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toList } from '@latchkey/http';
import type { Client } from '../generated/prisma/client.js';
import { ListClients, VerifyClient } from './clients.schemas.js';
import { toClientJSON } from './clients.serializer.js';
import { ClientsService } from './clients.service.js';

@BapiController('/v1/clients')
export class ClientsBapiController {
  constructor(private readonly clients: ClientsService) {}

  @Get()
  @Operation('GetClientList')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListClients }) query: ListClients,
  ): Promise<ClientJSON[] | Page<ClientJSON>> {
    const { rows, total } = await this.clients.list(ctx, query);
    return toList({ rows: await this.toJSON(ctx, rows), total }, query.paginated, (client) => client);
  }

  @Post('/verify')
  @Operation('VerifyClient')
  async verify(@Ctx() ctx: RequestContext, @Body({ schema: VerifyClient }) body: VerifyClient): Promise<ClientJSON> {
    return (await this.toJSON(ctx, [await this.clients.verify(ctx, body.token)]))[0]!;
  }

  @Get('/:client_id')
  @Operation('GetClient')
  async get(@Ctx() ctx: RequestContext, @Param('client_id') id: string): Promise<ClientJSON> {
    return (await this.toJSON(ctx, [await this.clients.require(ctx, id)]))[0]!;
  }

  private async toJSON(ctx: RequestContext, clients: Client[]): Promise<ClientJSON[]> {
    const sessions = await this.clients.sessionsOf(
      ctx,
      clients.map(({ id }) => id),
    );
    return clients.map((client) =>
      toClientJSON(
        client,
        sessions.filter(({ clientId }) => clientId === client.id),
      ),
    );
  }
}
