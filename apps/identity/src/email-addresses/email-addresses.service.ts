import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import type { IdentityDb, Tx } from '../db.js';
import type { EmailAddress } from '../generated/prisma/client.js';
import { EMAIL_LINK, EmailLinksService, type UsedLink } from '../email-links/email-links.service.js';
import { IdentifiersService } from '../identifiers/identifiers.service.js';
import { MessagesService } from '../messages/messages.service.js';
import type { IdentificationStatus } from '../users/identifier-rules.js';
import { primaryNeedsVerification } from '../users/users.errors.js';
import type { FullUser } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';

/** An address of a user, with its proof, as it is shown. */
export type FullEmailAddress = FullUser['emailAddresses'][number];

/** An address to be added. */
export interface NewEmailAddress {
  address: string;
  status: IdentificationStatus;
  /** Makes it the primary one; left out the first one becomes it. */
  isPrimary?: boolean;
  /** Tells the address that was primary before. */
  notifyPrevious?: boolean;
  /** What must hold of the user, inside the transaction. */
  check?: (user: FullUser) => void;
}

/** E-mail addresses of users. A proved or reserved one is one user's alone: a unique index decides who gets it. */
@Injectable()
export class EmailAddressesService {
  constructor(
    private readonly users: UsersService,
    private readonly identifiers: IdentifiersService,
    private readonly links: EmailLinksService,
    private readonly messages: MessagesService,
  ) {}

  /** An address, of `userId` when given. @throws `resource_not_found` (404) */
  require(ctx: RequestContext, id: string, userId?: string, db?: IdentityDb | Tx): Promise<FullEmailAddress> {
    return this.identifiers.require(ctx, 'email_address', id, userId, db);
  }

  /** Adds an address to a user. @throws `form_identifier_exists` (422), `resource_not_found` (404) */
  async add(ctx: RequestContext, userId: string, input: NewEmailAddress): Promise<FullEmailAddress> {
    return this.ofUser(ctx, userId, async (tx, user) => {
      input.check?.(user);
      const { address: value, status } = input;
      const row = await this.identifiers.insert(tx, ctx, 'email_address', user, { value, status });
      const isFirst = input.isPrimary === undefined && user.emailAddresses.length === 0;
      if (input.isPrimary && !row.verifiedAt && user.emailAddresses.length > 0)
        throw primaryNeedsVerification('primary');
      if (input.isPrimary || isFirst) await this.makePrimary(tx, ctx, user, row, input.notifyPrevious);
      else await this.users.touched(tx, ctx, userId);
      return row.id;
    });
  }

  /** Marks an address as proved or unproved by an administrator, or makes it primary. @throws `form_verification_needed` (422) */
  async update(
    ctx: RequestContext,
    id: string,
    input: { isVerified?: boolean; isPrimary?: boolean; notifyPrevious?: boolean },
  ): Promise<FullEmailAddress> {
    const { userId } = await this.require(ctx, id);
    return this.ofUser(ctx, userId, async (tx, user) => {
      let row: Omit<FullEmailAddress, 'verification'> = await this.require(ctx, id, userId, tx);
      const isChanged = input.isVerified !== undefined && input.isVerified !== (row.verifiedAt !== null);
      if (isChanged) row = await this.identifiers.setVerified(tx, ctx, 'email_address', row, input.isVerified === true);
      if (input.isPrimary && user.primaryEmailAddressId !== id) {
        if (!row.verifiedAt) throw primaryNeedsVerification('primary');
        await this.makePrimary(tx, ctx, user, row, input.notifyPrevious);
      } else if (isChanged) await this.users.touched(tx, ctx, userId);
      return id;
    });
  }

  /**
   * Removes an address, of `userId` when given.
   *
   * @param check what must hold of the user, inside the transaction
   * @throws `identification_deletion_failed`, `last_required_identification_deletion_failed` (400), `resource_not_found` (404)
   */
  async delete(ctx: RequestContext, id: string, userId?: string, check?: (user: FullUser) => void): Promise<void> {
    await this.identifiers.delete(ctx, 'email_address', id, { userId, check }, (tx, user, _row, columns) =>
      this.users.update(tx, ctx, user.id, columns),
    );
  }

  /** Gives a user one primary address in place of all they had. @throws `form_identifier_exists` (422) */
  async replace(ctx: RequestContext, userId: string, input: NewEmailAddress): Promise<FullEmailAddress> {
    return this.ofUser(ctx, userId, async (tx, user) => {
      const previous = user.emailAddresses.find(({ id }) => id === user.primaryEmailAddressId);
      const { address: value, status } = input;
      const row = await this.identifiers.insertInstead(tx, ctx, 'email_address', user, { value, status });
      await this.users.update(tx, ctx, userId, { primaryEmailAddressId: row.id });
      if (input.notifyPrevious && previous && previous.emailAddress !== input.address)
        await this.tellPrevious(tx, ctx, previous, row);
      return row.id;
    });
  }

  /**
   * Sends a user a link that proves one of their addresses.
   *
   * @throws `verification_already_verified` (400), and as `EmailLinksService.requireTarget`
   */
  async prepareLink(
    ctx: RequestContext,
    userId: string,
    id: string,
    redirectUrl: string | null | undefined,
  ): Promise<FullEmailAddress> {
    const target = await this.links.requireTarget(ctx, redirectUrl);
    return this.ofUser(ctx, userId, async (tx) => {
      const row = await this.require(ctx, id, userId, tx);
      this.identifiers.requireProvable(row, EMAIL_LINK, EMAIL_LINK);
      const link = {
        purpose: 'email_address' as const,
        id,
        clientId: ctx.clientId!,
        redirectUrl: target,
        userId,
        identifierId: id,
      };
      const verification = await this.links.start(tx, ctx, row.emailAddress, link, row.verification);
      await this.identifiers.provesBy(tx, ctx, 'email_address', id, verification.id);
      return id;
    });
  }

  /**
   * Proves an address by a link that was followed: it is its user's alone then.
   *
   * @throws `verification_*`, `identification_claimed` (400), `resource_not_found` (404)
   */
  async proveByLink(ctx: RequestContext, userId: string, id: string, link: UsedLink): Promise<void> {
    await this.identifiers.proveByLink(ctx, 'email_address', userId, id, link);
  }

  private ofUser(
    ctx: RequestContext,
    userId: string,
    work: (tx: Tx, user: FullUser) => Promise<string>,
  ): Promise<FullEmailAddress> {
    return this.identifiers.change(ctx, 'email_address', userId, work);
  }

  private async makePrimary(
    tx: Tx,
    ctx: RequestContext,
    user: FullUser,
    row: EmailAddress,
    notifyPrevious = false,
  ): Promise<void> {
    const previous = user.emailAddresses.find(({ id }) => id === user.primaryEmailAddressId);
    await this.users.update(tx, ctx, user.id, { primaryEmailAddressId: row.id });
    if (notifyPrevious && previous) await this.tellPrevious(tx, ctx, previous, row);
  }

  /** Tells an address that it is not the primary one any more. */
  async tellPrevious(
    tx: Tx,
    ctx: RequestContext,
    previous: EmailAddress,
    present: Pick<EmailAddress, 'emailAddress'>,
  ): Promise<void> {
    if (!previous.verifiedAt) return;
    await this.messages.sendEmail(
      tx,
      ctx,
      previous.emailAddress,
      'primary_email_address_changed',
      { new_email_address: present.emailAddress },
      { userId: previous.userId, identifierId: previous.id },
    );
  }
}
