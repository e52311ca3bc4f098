import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { Prisma, Verification } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { SigningKeysService, tokenCategory } from '../instances/signing-keys.service.js';
import { MessagesService } from '../messages/messages.service.js';
import type { TemplateSlug } from '../messages/messages.templates.js';
import { RedirectUrlsService } from '../redirect-urls/redirect-urls.service.js';
import { CODE_LIFETIME_MS } from '../verifications/verifications.service.js';
import { linkTokenInvalid } from './email-links.errors.js';

/** The strategy that proves an address by a link. */
export const EMAIL_LINK = 'email_link';

const KIND = 'email_link';
const TEMPLATES: Record<LinkPurpose, TemplateSlug> = {
  sign_in: 'sign_in_link',
  sign_up: 'sign_up_link',
  email_address: 'verification_link',
};

/** What somebody proves an address for. */
export type LinkPurpose = 'sign_in' | 'sign_up' | 'email_address';

/** What a link stands for, kept with its verification. */
export interface LinkTarget {
  purpose: LinkPurpose;
  /** Of the sign-in, sign-up or address. */
  id: string;
  /** The client that asked for the link. */
  clientId: string;
  /** The page that the link leads on to. */
  redirectUrl: string;
  /** Whose address it is, when somebody's. */
  userId?: string;
  /** The id of the address, when it is stored. */
  identifierId?: string;
}

/** A link that somebody follows. */
export interface FollowedLink {
  verification: Verification;
  target: LinkTarget;
  isOver: boolean;
}

/** A link that was followed, to be used up in the transaction of what it proves. */
export interface UsedLink {
  verificationId: string;
  /** @returns false when it was used before */
  use(tx: Tx): Promise<boolean>;
  /** Whether the session may begin at once; else it does at the next call of the client that waits for it. */
  mayBegin: boolean;
}

/**
 * Proofs by a link in a mail. The link is a JWT that names its verification, so nothing secret is stored; that it works once is
 * decided at the verification's row.
 */
@Injectable()
export class EmailLinksService {
  constructor(
    private readonly instances: InstancesService,
    private readonly messages: MessagesService,
    private readonly redirects: RedirectUrlsService,
    private readonly signingKeys: SigningKeysService,
    private readonly clock: Clock,
  ) {}

  /**
   * Where a link may lead on to; the account portal's own page when nothing is asked for.
   *
   * @throws `invalid_redirect_url`, `prohibited_redirect_url`, `redirect_url_domain_mismatch` (422)
   */
  async requireTarget(ctx: RequestContext, redirectUrl: string | null | undefined): Promise<string> {
    return redirectUrl ? (await this.redirects.requireAllowed(ctx, redirectUrl)).href : `${ctx.fapiUrl}/verify`;
  }

  /**
   * Starts a proof by link and mails the link. A link that is asked for again shares its proof with the one before: whichever is
   * followed first counts, each within its own time.
   *
   * @param previous the running verification of the same address
   * @throws `verification_code_too_many_requests`, `verification_code_rate_limit_exceeded` (429)
   */
  async start(
    tx: Tx,
    ctx: RequestContext,
    address: string,
    target: LinkTarget,
    previous: Verification | null,
  ): Promise<Verification> {
    await this.messages.allow(tx, ctx, address, EMAIL_LINK, previous);
    const verification = await this.renew(tx, ctx, target, previous);
    const { instanceId } = ctx;
    const exp = Math.floor(verification.expireAt!.getTime() / 1000);
    const claims = { exp, iid: instanceId, sid: verification.id, st: KIND };
    const token = await this.signingKeys.sign(instanceId, claims, { cat: tokenCategory.internal });
    const { fapiUrl } = await this.instances.require(instanceId);
    const variables = { action_url: `${fapiUrl}/v1/verify?token=${token}`, ttl_minutes: CODE_LIFETIME_MS / 60_000 };
    await this.messages.sendEmail(tx, ctx, address, TEMPLATES[target.purpose], variables, target);
    return verification;
  }

  /** A proof whose link nobody gets: callers see what they would see of another address. @throws as `start` */
  async startVeiled(
    tx: Tx,
    ctx: RequestContext,
    address: string,
    previous: Verification | null,
  ): Promise<Verification> {
    await this.messages.allow(tx, ctx, address, EMAIL_LINK, previous);
    return tx.verification.create({ data: this.fresh(ctx, {}) });
  }

  /** @throws `verification_link_token_invalid` (400) for what is no link of this instance, or of a proof that is gone */
  async read(db: Pick<Tx, 'verification'>, { instanceId }: RequestContext, token: string): Promise<FollowedLink> {
    const { exp, iid, sid, st } = (await this.signingKeys.verify(instanceId, token)) ?? {};
    if (st !== KIND || iid !== instanceId || typeof sid !== 'string' || typeof exp !== 'number')
      throw linkTokenInvalid();
    const verification = await db.verification.findUnique({ where: { id: sid, instanceId } });
    const { link: target } = (verification?.details ?? {}) as { link?: LinkTarget };
    if (!verification || !target) throw linkTokenInvalid();
    return { verification, target, isOver: exp * 1000 <= this.clock.now().getTime() };
  }

  /** Uses the link up. @returns false when it was used before, or has lapsed: of two who follow it at once, one does */
  async use(tx: Tx, ctx: RequestContext, { verification, target }: FollowedLink): Promise<boolean> {
    const details = {
      ...(verification.details as Prisma.JsonObject),
      link: target as unknown as Prisma.InputJsonObject,
      ...(ctx.clientId && { verified_at_client: ctx.clientId }),
    };
    const { count } = await tx.verification.updateMany({
      where: {
        id: verification.id,
        instanceId: ctx.instanceId,
        status: 'unverified',
        expireAt: { gt: this.clock.now() },
      },
      data: { status: 'verified', attempts: { increment: 1 }, details },
    });
    return count === 1;
  }

  private async renew(
    tx: Tx,
    ctx: RequestContext,
    target: LinkTarget,
    previous: Verification | null,
  ): Promise<Verification> {
    const { link } = (previous?.details ?? {}) as { link?: LinkTarget };
    const data = this.fresh(ctx, { identifier_id: target.identifierId, link: target as unknown as Prisma.JsonObject });
    if (previous && link?.id === target.id && link.identifierId === target.identifierId) {
      const [renewed] = await tx.verification.updateManyAndReturn({
        where: { id: previous.id, instanceId: ctx.instanceId, status: 'unverified' },
        data: { expireAt: data.expireAt, details: data.details },
      });
      if (renewed) return renewed;
    }
    return tx.verification.create({ data });
  }

  private fresh(ctx: RequestContext, details: Prisma.InputJsonObject) {
    const now = this.clock.now();
    return {
      id: newId('verification', now),
      instanceId: ctx.instanceId,
      strategy: EMAIL_LINK,
      status: 'unverified',
      expireAt: new Date(now.getTime() + CODE_LIFETIME_MS),
      details,
    };
  }
}
