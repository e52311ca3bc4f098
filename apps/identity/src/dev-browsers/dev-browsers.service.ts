import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import { requireDevelopment } from '../instances/development-only.js';
import { IdentityDb } from '../db.js';
import type { DevBrowser } from '../generated/prisma/client.js';
import { SigningKeysService } from '../instances/signing-keys.service.js';

/** Carries a development browser's token to the gateway, which hands it to the caller. */

/** Development browsers: in development a token in the query stands in for the client's cookie. */
@Injectable()
export class DevBrowsersService {
  constructor(
    private readonly db: IdentityDb,
    private readonly signingKeys: SigningKeysService,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a development browser and its token.
   *
   * @param clientId the client that it stands for, when the caller has one by other means
   * @throws `request_invalid_for_environment` (400) in production
   */
  async create(ctx: RequestContext, clientId?: string): Promise<{ row: DevBrowser; token: string }> {
    requireDevelopment(ctx, 'Development browsers exist in development instances only.');
    const row = await this.db.devBrowser.create({
      data: { id: newId('devBrowser', this.clock.now()), instanceId: ctx.instanceId, clientId },
    });
    return { row, token: await this.token(ctx, row.id) };
  }

  /** The token of a development browser. */
  token(ctx: RequestContext, id: string): Promise<string> {
    return this.signingKeys.sign(ctx.instanceId, { dev: id });
  }

  /** The development browser; null when the instance has none of this id. */
  find(ctx: RequestContext, id: string): Promise<DevBrowser | null> {
    return this.db.devBrowser.findUnique({ where: { id, instanceId: ctx.instanceId } });
  }
}
