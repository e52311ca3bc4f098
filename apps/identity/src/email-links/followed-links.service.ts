import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError } from '@latchkey/core';
import { IdentityDb } from '../db.js';
import { EmailAddressesService } from '../email-addresses/email-addresses.service.js';
import { InstancesService } from '../instances/instances.service.js';
import { SignInsService } from '../sign-ins/sign-ins.service.js';
import { SignUpsService } from '../sign-ups/sign-ups.service.js';
import { EmailLinksService, type FollowedLink, type LinkTarget } from './email-links.service.js';

/** What the page that a link leads on to is told. */
interface Outcome {
  status: 'verified' | 'expired' | 'failed' | 'client_mismatch';
  createdSessionId?: string | null;
}

/** Links of mails that somebody follows: they prove an address, and lead on to the page of the application that waits for it. */
@Injectable()
export class FollowedLinksService {
  constructor(
    private readonly db: IdentityDb,
    private readonly links: EmailLinksService,
    private readonly addresses: EmailAddressesService,
    private readonly signIns: SignInsService,
    private readonly signUps: SignUpsService,
    private readonly instances: InstancesService,
  ) {}

  /**
   * Proves what the link is for. @returns the address to go on to
   *
   * @throws `verification_link_token_invalid` (400)
   */
  async follow(ctx: RequestContext, token: string): Promise<string> {
    const link = await this.links.read(this.db, ctx, token);
    return withOutcome(link.target, await this.judge(ctx, link));
  }

  private async judge(ctx: RequestContext, link: FollowedLink): Promise<Outcome> {
    const { target, verification } = link;
    if (verification.status !== 'unverified') return { status: 'failed' };
    if (link.isOver) return { status: 'expired' };
    if (await this.isElsewhere(ctx, target)) return { status: 'client_mismatch' };
    try {
      return { status: 'verified', createdSessionId: await this.prove(ctx, link) };
    } catch (thrown) {
      // Whatever became of the attempt, the page can only say that the link did not work.
      if (thrown instanceof ApiError && thrown.status < 500) return { status: 'failed' };
      throw thrown;
    }
  }

  /** @returns the session that has begun, where one has */
  private async prove(ctx: RequestContext, link: FollowedLink): Promise<string | null | undefined> {
    const isHere = ctx.clientId === link.target.clientId;
    // What a session changes for its client must not reach another browser's answer.
    const asClient = isHere ? ctx : { ...ctx, clientId: link.target.clientId };
    // In production the client's cookie is renewed by the browser's own call, the next one of the tab that waits.
    const mayBegin = isHere || ctx.environment === 'development';
    const use = (tx: Parameters<EmailLinksService['use']>[0]) => this.links.use(tx, ctx, link);
    const about = { verificationId: link.verification.id, use, mayBegin };
    switch (link.target.purpose) {
      case 'sign_in':
        return (await this.signIns.proveByLink(asClient, link.target.id, about)).created_session_id;
      case 'sign_up':
        return (await this.signUps.proveByLink(asClient, link.target.id, about)).created_session_id;
      case 'email_address':
        await this.addresses.proveByLink(ctx, link.target.userId!, link.target.id, about);
        return undefined;
    }
  }

  /**
   * Whether it must be followed where it was asked for, and is not. In development a browser is known by what its app adds to
   * its calls, which a link in a mail has not: whose link says nothing passes.
   */
  private async isElsewhere(ctx: RequestContext, { clientId }: LinkTarget): Promise<boolean> {
    const { attack_protection: protection } = await this.instances.settings(ctx.instanceId);
    if (!protection.email_link.require_same_client || clientId === ctx.clientId) return false;
    return ctx.environment === 'production' || ctx.clientId !== undefined;
  }
}

function withOutcome({ redirectUrl }: LinkTarget, { status, createdSessionId }: Outcome): string {
  const url = new URL(redirectUrl);
  // The SDK reads its own route from the hash, and these from the query before it.
  url.searchParams.set('__clerk_status', status);
  if (createdSessionId) url.searchParams.set('__clerk_created_session', createdSessionId);
  return url.href;
}
