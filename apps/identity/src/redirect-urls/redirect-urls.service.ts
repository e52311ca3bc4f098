import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { slice, type RowPage } from '@latchkey/http';
import { IdentityDb } from '../db.js';
import type { RedirectUrl } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { isListable, judgeRedirect, type RedirectVerdict } from './redirect-targets.js';
import {
  invalidRedirectUrl,
  prohibitedRedirectUrl,
  redirectUrlDomainMismatch,
  redirectUrlTaken,
  redirectUrlUnusable,
} from './redirect-urls.errors.js';
import type { ListRedirectUrls } from './redirect-urls.schemas.js';

/** Redirect URLs, and whether people may be sent to an address at all. */
@Injectable()
export class RedirectUrlsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly clock: Clock,
  ) {}

  /** @throws `form_param_value_invalid`, `form_already_exists` (422) */
  async create(ctx: RequestContext, url: string): Promise<RedirectUrl> {
    if (!isListable(url)) throw redirectUrlUnusable();
    const data = { id: newId('redirectUrl', this.clock.now()), instanceId: ctx.instanceId, url };
    return transaction(this.db, (tx) => tx.redirectUrl.create({ data }), {
      taken: { redirect_urls_url: redirectUrlTaken },
    });
  }

  /** @throws `resource_not_found` (404) */
  async require(ctx: RequestContext, id: string): Promise<RedirectUrl> {
    const row = await this.db.redirectUrl.findUnique({ where: { id, instanceId: ctx.instanceId } });
    if (!row) throw notFound('redirect URL', id);
    return row;
  }

  /** @throws `resource_not_found` (404) */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    const { count } = await this.db.redirectUrl.deleteMany({ where: { id, instanceId: ctx.instanceId } });
    if (count === 0) throw notFound('redirect URL', id);
  }

  /** Newest first. */
  async list(ctx: RequestContext, page: ListRedirectUrls): Promise<RowPage<RedirectUrl>> {
    const where = { instanceId: ctx.instanceId };
    const [rows, total] = await Promise.all([
      this.db.redirectUrl.findMany({ where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], ...slice(page) }),
      this.db.redirectUrl.count({ where }),
    ]);
    return { rows, total };
  }

  /** Whether people of this instance may be sent to `url`. */
  async judge(ctx: RequestContext, url: string): Promise<RedirectVerdict> {
    const { environment, fapiUrl, frontendApi, portalUrl, settings } = await this.instances.require(ctx.instanceId);
    const { home_url: home, sign_in_url: signIn, sign_up_url: signUp } = settings.display;
    const listed = await this.db.redirectUrl.findFirst({ where: { instanceId: ctx.instanceId, url } });
    return judgeRedirect(url, {
      isDevelopment: environment === 'development',
      ownUrls: [fapiUrl, portalUrl, `https://${frontendApi}`, ctx.fapiUrl, home, signIn, signUp],
      allowedOrigins: settings.allowed_origins,
      listed: listed ? [listed.url] : [],
    });
  }

  /**
   * The address, when people of this instance may be sent there.
   *
   * @throws `invalid_redirect_url`, `prohibited_redirect_url`, `redirect_url_domain_mismatch` (422)
   */
  async requireAllowed(ctx: RequestContext, url: string | null | undefined): Promise<URL> {
    const verdict = url ? await this.judge(ctx, url) : 'invalid';
    switch (verdict) {
      case 'allowed':
        return new URL(url!);
      case 'invalid':
        throw invalidRedirectUrl();
      case 'prohibited':
        throw prohibitedRedirectUrl();
      case 'foreign':
        throw redirectUrlDomainMismatch();
    }
  }
}
