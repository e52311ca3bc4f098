import { Get, Param, Res } from '@nestjs/common';
import type { ClientJSON } from '@clerk/shared/types';
import { UAT_HEADER, type ClientState } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, InternalController } from '@latchkey/http';
import type { FastifyReply } from 'fastify';
import { ClientsService } from '../clients/clients.service.js';
import { ClientSnapshotsService } from './client-snapshots.service.js';

/** What the gateway asks about clients. */
@InternalController('/clients')
export class ClientSnapshotsInternalController {
  constructor(
    private readonly clients: ClientsService,
    private readonly snapshots: ClientSnapshotsService,
  ) {}

  @Get('/current/snapshot')
  async snapshot(
    @Ctx() ctx: RequestContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClientJSON | null> {
    const client = await this.snapshots.current(ctx);
    if (client) void reply.header(UAT_HEADER, client.sessions.length ? Math.floor(client.updated_at / 1000) : 0);
    return client;
  }

  @Get('/:client_id/state')
  state(@Ctx() ctx: RequestContext, @Param('client_id') id: string): Promise<ClientState | null> {
    return this.clients.state(ctx, id);
  }
}
