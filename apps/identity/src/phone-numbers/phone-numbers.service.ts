import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, paramError, refusal } from '@latchkey/core';
import type { IdentityDb, Tx } from '../db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { IdentifiersService } from '../identifiers/identifiers.service.js';
import { withoutFactorPhone } from '../second-factors/factor-columns.js';
import type { IdentificationStatus } from '../users/identifier-rules.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { primaryNeedsVerification } from '../users/users.errors.js';
import { hasSecondFactor, type FullUser } from '../users/users.serializer.js';

type Columns = Prisma.UserUncheckedUpdateInput;

/** A number of a user, with its proof, as it is shown. */
export type FullPhoneNumber = FullUser['phoneNumbers'][number];

type PhoneNumber = Omit<FullPhoneNumber, 'verification'>;

/** A number to be added. */
export interface NewPhoneNumber {
  number: string;
  status: IdentificationStatus;
  /** Makes it the primary one; left out the first one becomes it. */
  isPrimary?: boolean;
  /** Makes it a second factor, which only a proved one can be. */
  isSecondFactor?: boolean;
  /** What must hold of the user, inside the transaction. */
  check?: (user: FullUser) => void;
}

/** What is changed of a number. */
export interface PhoneNumberChange {
  isVerified?: boolean;
  isPrimary?: boolean;
  isSecondFactor?: boolean;
  isDefaultSecondFactor?: boolean;
}

/** Phone numbers of users. A proved or reserved one is one user's alone: a unique index decides who gets it. */
@Injectable()
export class PhoneNumbersService {
  constructor(
    private readonly identifiers: IdentifiersService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** A number, of `userId` when given. @throws `resource_not_found` (404) */
  require(ctx: RequestContext, id: string, userId?: string, db?: IdentityDb | Tx): Promise<FullPhoneNumber> {
    return this.identifiers.require(ctx, 'phone_number', id, userId, db);
  }

  /**
   * Adds a number to a user.
   *
   * @throws `form_identifier_exists`, `form_verification_needed` (422), `identification_create_second_factor_unverified` (400)
   */
  async add(ctx: RequestContext, userId: string, input: NewPhoneNumber): Promise<FullPhoneNumber> {
    return this.ofUser(ctx, userId, async (tx, user) => {
      input.check?.(user);
      const { number: value, status } = input;
      const row = await this.identifiers.insert(tx, ctx, 'phone_number', user, { value, status });
      if (input.isSecondFactor && status !== 'verified') throw createSecondFactorUnverified();
      const isFirst = input.isPrimary === undefined && user.phoneNumbers.length === 0;
      if (input.isPrimary && !row.verifiedAt && user.phoneNumbers.length > 0) throw primaryNeedsVerification('primary');
      const columns: Columns = input.isPrimary || isFirst ? { primaryPhoneNumberId: row.id } : {};
      if (input.isSecondFactor) Object.assign(columns, await this.reserve(tx, ctx, user, row));
      await this.settle(tx, ctx, userId, columns);
      return row.id;
    });
  }

  /**
   * Changes a number, of `userId` when given.
   *
   * @param besides what else changes of the user with it
   * @throws `form_verification_needed`, `form_disable_default_second_factor_not_allowed` (422),
   * `identification_update_second_factor_unverified`, `identification_update_failed` (400)
   */
  async update(
    ctx: RequestContext,
    id: string,
    input: PhoneNumberChange,
    userId?: string,
    besides: (user: FullUser) => Columns = () => ({}),
  ): Promise<FullPhoneNumber> {
    const owner = (await this.require(ctx, id, userId)).userId;
    return this.ofUser(ctx, owner, async (tx, user) => {
      let row: PhoneNumber = await this.require(ctx, id, owner, tx);
      let isChanged = input.isVerified !== undefined && input.isVerified !== (row.verifiedAt !== null);
      if (isChanged) row = await this.identifiers.setVerified(tx, ctx, 'phone_number', row, input.isVerified === true);
      const columns = besides(user);
      if (input.isPrimary && user.primaryPhoneNumberId !== id) {
        if (!row.verifiedAt) throw primaryNeedsVerification('primary');
        columns.primaryPhoneNumberId = id;
      }
      if (input.isSecondFactor !== undefined && input.isSecondFactor !== row.reservedForSecondFactor) {
        isChanged = true;
        const change = input.isSecondFactor ? this.reserve(tx, ctx, user, row) : this.release(tx, ctx, user, row);
        Object.assign(columns, await change);
      }
      if (input.isDefaultSecondFactor !== undefined)
        isChanged = (await this.setDefault(tx, ctx, id, owner, input.isDefaultSecondFactor)) || isChanged;
      if (isChanged || Object.keys(columns).length) await this.settle(tx, ctx, owner, columns);
      return id;
    });
  }

  /**
   * Removes a number, of `userId` when given.
   *
   * @param check what must hold of the user, inside the transaction
   * @throws `identification_deletion_failed`, `last_required_identification_deletion_failed` (400), `resource_not_found` (404)
   */
  async delete(ctx: RequestContext, id: string, userId?: string, check?: (user: FullUser) => void): Promise<void> {
    await this.identifiers.delete(ctx, 'phone_number', id, { userId, check }, async (tx, user, row, columns) => {
      const released = row.reservedForSecondFactor ? await this.release(tx, ctx, user, row) : {};
      await this.settle(tx, ctx, user.id, { ...columns, ...released });
    });
  }

  /**
   * Gives a user one primary number in place of all they had. It is no second factor, even if they had one.
   *
   * @throws `form_identifier_exists` (422)
   */
  async replace(ctx: RequestContext, userId: string, input: NewPhoneNumber): Promise<FullPhoneNumber> {
    return this.ofUser(ctx, userId, async (tx, user) => {
      const factors = user.phoneNumbers.filter((row) => row.reservedForSecondFactor);
      const { number: value, status } = input;
      const row = await this.identifiers.insertInstead(tx, ctx, 'phone_number', user, { value, status });
      const withoutFactors = { ...user, phoneNumbers: [] };
      await this.settle(tx, ctx, userId, {
        ...(factors[0] ? withoutFactorPhone(withoutFactors, factors[0].id, this.clock.now()) : {}),
        primaryPhoneNumberId: row.id,
      });
      return row.id;
    });
  }

  private ofUser(
    ctx: RequestContext,
    userId: string,
    work: (tx: Tx, user: FullUser) => Promise<string>,
  ): Promise<FullPhoneNumber> {
    return this.identifiers.change(ctx, 'phone_number', userId, work);
  }

  /** Makes a proved number a second factor. @returns the user's columns that change with it */
  private async reserve(tx: Tx, ctx: RequestContext, user: FullUser, row: PhoneNumber): Promise<Columns> {
    if (!row.verifiedAt) throw updateSecondFactorUnverified();
    const others = [...user.emailAddresses, ...user.phoneNumbers].filter(
      (item) => item.id !== row.id && item.reservedAs !== null,
    );
    if (others.length === 0 && !user.username) throw lastIdentification();
    const isFirst = !user.phoneNumbers.some((item) => item.reservedForSecondFactor);
    await tx.phoneNumber.updateMany({
      where: { id: row.id, instanceId: ctx.instanceId },
      data: { reservedForSecondFactor: true, defaultSecondFactor: isFirst },
    });
    return hasSecondFactor(user) ? {} : { mfaEnabledAt: this.clock.now() };
  }

  /** Makes a number no second factor any more. @returns the user's columns that change with it */
  private async release(tx: Tx, ctx: RequestContext, user: FullUser, row: PhoneNumber): Promise<Columns> {
    const ofId = (id: string) => ({ id, instanceId: ctx.instanceId });
    await tx.phoneNumber.updateMany({
      where: ofId(row.id),
      data: { reservedForSecondFactor: false, defaultSecondFactor: false },
    });
    const next = user.phoneNumbers.find((item) => item.id !== row.id && item.reservedForSecondFactor);
    if (row.defaultSecondFactor && next)
      await tx.phoneNumber.updateMany({ where: ofId(next.id), data: { defaultSecondFactor: true } });
    return withoutFactorPhone(user, row.id, this.clock.now());
  }

  /** Makes a number the default among the second factors. @returns whether that is a change */
  private async setDefault(
    tx: Tx,
    ctx: RequestContext,
    id: string,
    userId: string,
    isDefault: boolean,
  ): Promise<boolean> {
    const row = await this.require(ctx, id, userId, tx);
    if (row.defaultSecondFactor === isDefault) return false;
    if (!isDefault) throw disableDefaultNotAllowed();
    if (!row.reservedForSecondFactor) throw updateSecondFactorUnverified();
    const ofUser = { instanceId: ctx.instanceId, userId };
    await tx.phoneNumber.updateMany({
      where: { ...ofUser, defaultSecondFactor: true },
      data: { defaultSecondFactor: false },
    });
    await tx.phoneNumber.updateMany({ where: { ...ofUser, id }, data: { defaultSecondFactor: true } });
    return true;
  }

  /** Tells of a change; sessions that wait for a second factor, or now have to, follow it. */
  private async settle(tx: Tx, ctx: RequestContext, userId: string, columns: Columns): Promise<void> {
    await this.sessions.changeUser(tx, ctx, userId, columns);
  }
}

const createSecondFactorUnverified = () =>
  refusal(
    400,
    'identification_create_second_factor_unverified',
    'unverified second factor',
    'Only a verified number can be a second factor.',
  );

const updateSecondFactorUnverified = () =>
  refusal(
    400,
    'identification_update_second_factor_unverified',
    'unverified second factor',
    'Only a verified number that is a second factor can be changed like this.',
  );

const lastIdentification = () =>
  refusal(
    400,
    'identification_update_failed',
    'update failed',
    'The last identification of an account cannot become its second factor.',
  );

const disableDefaultNotAllowed = () =>
  paramError(
    'form_disable_default_second_factor_not_allowed',
    'default_second_factor',
    'not allowed',
    'Make another number the default instead.',
  );
