import { Get, Param } from '@nestjs/common';
import type { ClientJSON } from '@clerk/shared/types';
import type { ClientState } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, InternalController } from '@latchkey/http';
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
  snapshot(@Ctx() ctx: RequestContext): Promise<ClientJSON | null> {
    return this.snapshots.current(ctx);
  }

  @Get('/:client_id/state')
  state(@Ctx() ctx: RequestContext, @Param('client_id') id: string): Promise<ClientState | null> {
    return this.clients.state(ctx, id);
  }
}
