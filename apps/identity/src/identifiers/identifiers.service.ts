import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { UsedLink } from '../email-links/email-links.service.js';
import type { Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import {
  identificationClaimed,
  primaryWithout,
  requireRemovable,
  type IdentificationStatus,
} from '../users/identifier-rules.js';
import { identifierExists } from '../users/users.errors.js';
import type { FullUser } from '../users/users.serializer.js';
import { takenIdentifiers, UsersService } from '../users/users.service.js';
import {
  verificationAlreadyVerified,
  verificationMissing,
  verificationStrategyInvalid,
} from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';

interface Rows {
  email_address: FullUser['emailAddresses'][number];
  phone_number: FullUser['phoneNumbers'][number];
}

/** What users are known by and prove with a code: an address or a number. */
export type IdentifierKind = keyof Rows;

/** How the kinds differ in the schema. */
const COLUMNS = {
  email_address: {
    name: 'email address',
    table: 'emailAddress',
    value: 'emailAddress',
    rows: 'emailAddresses',
    primary: 'primaryEmailAddressId',
  },
  phone_number: {
    name: 'phone number',
    table: 'phoneNumber',
    value: 'phoneNumber',
    rows: 'phoneNumbers',
    primary: 'primaryPhoneNumberId',
  },
} as const;

/** The part of Prisma's two tables that is the same. */
interface Table<Row> {
  count(args: { where: object }): Promise<number>;
  create(args: { data: object }): Promise<Row>;
  deleteMany(args: { where: object }): Promise<unknown>;
  findFirst(args: { where: object; include: { verification: true } }): Promise<Row | null>;
  updateMany(args: { where: object; data: object }): Promise<unknown>;
  updateManyAndReturn(args: { where: object; data: object }): Promise<Omit<Row, 'verification'>[]>;
}

const tableOf = <K extends IdentifierKind>(db: IdentityDb | Tx, kind: K) =>
  db[COLUMNS[kind].table] as unknown as Table<Rows[K]>;

/** All of a kind that a user has. */
const rowsOf = <K extends IdentifierKind>(user: FullUser, kind: K) => user[COLUMNS[kind].rows] as Rows[K][];

/** The address, or the number. */
export const valueOf = <K extends IdentifierKind>(kind: K, row: Row<K>): string =>
  (row as unknown as Record<string, string>)[COLUMNS[kind].value]!;

/** A row without its proof. */
type Row<K extends IdentifierKind> = Omit<Rows[K], 'verification'>;

/** How a proof fails whose address or number somebody else has proved meanwhile. */
export const claimed = {
  email_addresses_reserved: identificationClaimed,
  phone_numbers_reserved: identificationClaimed,
};

/** What is given to a user. */
interface NewIdentifier {
  value: string;
  status: IdentificationStatus;
}

/** Whose it must be, when that is known, and what must hold of the user, inside the transaction. */
interface DeleteOptions {
  userId?: string;
  check?: (user: FullUser) => void;
}

/** What holds of addresses and numbers alike. A proved or reserved one is one user's alone: a unique index decides who gets it. */
@Injectable()
export class IdentifiersService {
  constructor(
    private readonly db: IdentityDb,
    private readonly users: UsersService,
    private readonly instances: InstancesService,
    private readonly clients: ClientsService,
    private readonly verifications: VerificationsService,
    private readonly clock: Clock,
  ) {}

  /** One with its proof, of `userId` when given. @throws `resource_not_found` (404) */
  async require<K extends IdentifierKind>(
    ctx: RequestContext,
    kind: K,
    id: string,
    userId?: string,
    db: IdentityDb | Tx = this.db,
  ): Promise<Rows[K]> {
    const where = { id, instanceId: ctx.instanceId, userId };
    const row = await tableOf(db, kind).findFirst({ where, include: { verification: true } });
    if (!row) throw notFound(COLUMNS[kind].name, id);
    return row;
  }

  /** The user, as they stay until the transaction ends; their clients are held as well, for a factor that comes or goes changes sessions. */
  async locked(tx: Tx, ctx: RequestContext, userId: string): Promise<FullUser> {
    await this.clients.lockWithUsers(tx, ctx, [userId]);
    return this.users.requireIn(tx, ctx, userId);
  }

  /**
   * Runs `work` on a user who stays as read meanwhile.
   *
   * @param work answers the id of the one that it is about
   * @returns that one, as it is then
   * @throws `form_identifier_exists` (422) when somebody was faster
   */
  async change<K extends IdentifierKind>(
    ctx: RequestContext,
    kind: K,
    userId: string,
    work: (tx: Tx, user: FullUser) => Promise<string>,
  ): Promise<Rows[K]> {
    const id = await transaction(this.db, async (tx) => work(tx, await this.locked(tx, ctx, userId)), {
      taken: takenIdentifiers,
    });
    return this.require(ctx, kind, id);
  }

  /**
   * Gives a user another one; `verified` is an administrator's word for it.
   *
   * @throws `form_identifier_exists` (422) when they have it, or somebody has it to themselves
   */
  async insert<K extends IdentifierKind>(
    tx: Tx,
    ctx: RequestContext,
    kind: K,
    user: FullUser,
    { value, status }: NewIdentifier,
  ): Promise<Row<K>> {
    if (rowsOf(user, kind).some((row) => valueOf(kind, row) === value)) throw identifierExists(kind);
    return this.create(tx, ctx, kind, user.id, { value, status });
  }

  /** Gives a user one in place of all they had. @throws `form_identifier_exists` (422) when somebody has it to themselves */
  async insertInstead<K extends IdentifierKind>(
    tx: Tx,
    ctx: RequestContext,
    kind: K,
    user: FullUser,
    input: NewIdentifier,
  ): Promise<Row<K>> {
    await this.remove(tx, ctx, kind, rowsOf(user, kind));
    return this.create(tx, ctx, kind, user.id, input);
  }

  private async create<K extends IdentifierKind>(
    tx: Tx,
    ctx: RequestContext,
    kind: K,
    userId: string,
    { value, status }: NewIdentifier,
  ): Promise<Row<K>> {
    const { instanceId } = ctx;
    if ((await tableOf(tx, kind).count({ where: { instanceId, reservedAs: value } })) > 0) throw identifierExists(kind);
    const now = this.clock.now();
    const proof = status === 'verified' ? await this.verifications.createVerified(tx, ctx, 'admin') : null;
    return tableOf(tx, kind).create({
      data: {
        id: newId(kind === 'email_address' ? 'emailAddress' : 'phoneNumber', now),
        instanceId,
        userId,
        [COLUMNS[kind].value]: value,
        verificationId: proof?.id,
        verifiedAt: proof && now,
        reservedAs: status === 'unverified' ? null : value,
      },
    });
  }

  /**
   * Takes one away from a user.
   *
   * @param then changes the user with it: the column of the primary one, and what else hangs on it
   * @throws `identification_deletion_failed`, `last_required_identification_deletion_failed` (400), `resource_not_found` (404)
   */
  async delete<K extends IdentifierKind>(
    ctx: RequestContext,
    kind: K,
    id: string,
    { userId, check }: DeleteOptions,
    then: (tx: Tx, user: FullUser, row: Rows[K], columns: Prisma.UserUncheckedUpdateInput) => Promise<unknown>,
  ): Promise<void> {
    const owner = (await this.require(ctx, kind, id, userId)).userId;
    const settings = await this.instances.settings(ctx.instanceId);
    const { primary } = COLUMNS[kind];
    await transaction(this.db, async (tx) => {
      const user = await this.locked(tx, ctx, owner);
      check?.(user);
      const row = await this.require(ctx, kind, id, owner, tx);
      requireRemovable(settings, user, kind, id);
      await this.remove(tx, ctx, kind, [row]);
      await then(tx, user, row, { [primary]: primaryWithout(rowsOf(user, kind), id, user[primary]) });
    });
  }

  /** Takes them away, with their proofs. */
  private async remove<K extends IdentifierKind>(tx: Tx, ctx: RequestContext, kind: K, rows: Row<K>[]): Promise<void> {
    const among = (ids: (string | null)[]) => ({
      instanceId: ctx.instanceId,
      id: { in: ids.filter((id) => id !== null) },
    });
    await tableOf(tx, kind).deleteMany({ where: among(rows.map(({ id }) => id)) });
    await tx.verification.deleteMany({ where: among(rows.map(({ verificationId }) => verificationId)) });
  }

  /** Marks one as proved or unproved by an administrator. */
  async setVerified<K extends IdentifierKind>(
    tx: Tx,
    ctx: RequestContext,
    kind: K,
    row: Row<K>,
    isVerified: boolean,
  ): Promise<Row<K>> {
    const proof = isVerified ? await this.verifications.createVerified(tx, ctx, 'admin') : null;
    return this.settle(tx, ctx, kind, row, isVerified, proof?.id ?? null);
  }

  /** Marks one that a code has proved as its user's, as the primary one when they have no other. */
  async prove<K extends IdentifierKind>(
    tx: Tx,
    ctx: RequestContext,
    kind: K,
    user: FullUser,
    row: Row<K>,
    verificationId: string | null,
  ): Promise<void> {
    await this.settle(tx, ctx, kind, row, true, verificationId);
    const { primary } = COLUMNS[kind];
    if (user[primary]) await this.users.touched(tx, ctx, user.id);
    else await this.users.update(tx, ctx, user.id, { [primary]: row.id });
  }

  /** @throws `verification_already_verified`, `verification_strategy_invalid` (400) when no code may be sent for it */
  requireProvable(row: Row<IdentifierKind>, strategy: string, expected: string): void {
    if (row.verifiedAt) throw verificationAlreadyVerified();
    if (strategy !== expected) throw verificationStrategyInvalid();
  }

  /** Says which proof of one is under way. */
  async provesBy(tx: Tx, ctx: RequestContext, kind: IdentifierKind, id: string, verificationId: string): Promise<void> {
    await tableOf(tx, kind).updateMany({ where: { id, instanceId: ctx.instanceId }, data: { verificationId } });
  }

  /** Proves one by a link that was followed. @throws `verification_*`, `identification_claimed` (400), `resource_not_found` (404) */
  async proveByLink(
    ctx: RequestContext,
    kind: IdentifierKind,
    userId: string,
    id: string,
    link: UsedLink,
  ): Promise<void> {
    const work = async (tx: Tx) => {
      const user = await this.locked(tx, ctx, userId);
      const row = await this.require(ctx, kind, id, userId, tx);
      if (row.verificationId !== link.verificationId) throw verificationMissing();
      if (row.verifiedAt || !(await link.use(tx))) throw verificationAlreadyVerified();
      await this.prove(tx, ctx, kind, user, row, row.verificationId);
    };
    await transaction(this.db, work, { taken: claimed });
  }

  private async settle<K extends IdentifierKind>(
    tx: Tx,
    ctx: RequestContext,
    kind: K,
    row: Row<K>,
    isVerified: boolean,
    verificationId: string | null,
  ): Promise<Row<K>> {
    const [updated] = await tableOf(tx, kind).updateManyAndReturn({
      where: { id: row.id, instanceId: ctx.instanceId },
      data: {
        verificationId,
        verifiedAt: isVerified ? this.clock.now() : null,
        reservedAs: isVerified ? valueOf(kind, row) : null,
      },
    });
    return updated!;
  }
}
