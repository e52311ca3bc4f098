import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, type ApiError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { UsedLink } from '../email-links/email-links.service.js';
import type { EmailAddress, PhoneNumber } from '../generated/prisma/client.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { identificationClaimed, type IdentificationStatus } from '../users/identifier-rules.js';
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
  email_address: EmailAddress;
  phone_number: PhoneNumber;
}

/** What users are known by and prove with a code: an address or a number. */
export type IdentifierKind = keyof Rows;

/** How the kinds differ in the schema. */
const COLUMNS = {
  email_address: { table: 'emailAddress', value: 'emailAddress', primary: 'primaryEmailAddressId' },
  phone_number: { table: 'phoneNumber', value: 'phoneNumber', primary: 'primaryPhoneNumberId' },
} as const;

/** The part of Prisma's two tables that is the same. */
interface Table<Row> {
  count(args: { where: object }): Promise<number>;
  create(args: { data: object }): Promise<Row>;
  deleteMany(args: { where: object }): Promise<unknown>;
  updateManyAndReturn(args: { where: object; data: object }): Promise<Row[]>;
}

const tableOf = <K extends IdentifierKind>(tx: Tx, kind: K) => tx[COLUMNS[kind].table] as unknown as Table<Rows[K]>;

const claimed = { email_addresses_reserved: identificationClaimed, phone_numbers_reserved: identificationClaimed };

/** What holds of addresses and numbers alike. A proved or reserved one is one user's alone: a unique index decides who gets it. */
@Injectable()
export class IdentifiersService {
  constructor(
    private readonly db: IdentityDb,
    private readonly users: UsersService,
    private readonly clients: ClientsService,
    private readonly lockouts: LockoutsService,
    private readonly verifications: VerificationsService,
    private readonly clock: Clock,
  ) {}

  /** The user, as they stay until the transaction ends; their clients are held as well, for a factor that comes or goes changes sessions. */
  async locked(tx: Tx, ctx: RequestContext, userId: string): Promise<FullUser> {
    await this.clients.lockWithUsers(tx, ctx, [userId]);
    return this.users.requireIn(tx, ctx, userId);
  }

  /** Runs `work` on a user who stays as read meanwhile. @throws `form_identifier_exists` (422) when somebody was faster */
  change<R>(ctx: RequestContext, userId: string, work: (tx: Tx, user: FullUser) => Promise<R>): Promise<R> {
    return transaction(this.db, async (tx) => work(tx, await this.locked(tx, ctx, userId)), {
      taken: takenIdentifiers,
    });
  }

  /** @throws `form_identifier_exists` (422) when somebody has it to themselves */
  async requireFree(tx: Tx, ctx: RequestContext, kind: IdentifierKind, value: string): Promise<void> {
    const where = { instanceId: ctx.instanceId, reservedAs: value };
    if ((await tableOf(tx, kind).count({ where })) > 0) throw identifierExists(kind);
  }

  /** Gives a user another one; `verified` is an administrator's word for it. */
  async insert<K extends IdentifierKind>(
    tx: Tx,
    ctx: RequestContext,
    kind: K,
    { userId, value, status }: { userId: string; value: string; status: IdentificationStatus },
  ): Promise<Rows[K]> {
    const now = this.clock.now();
    const proof = status === 'verified' ? await this.verifications.createVerified(tx, ctx, 'admin') : null;
    return tableOf(tx, kind).create({
      data: {
        id: newId(kind === 'email_address' ? 'emailAddress' : 'phoneNumber', now),
        instanceId: ctx.instanceId,
        userId,
        [COLUMNS[kind].value]: value,
        verificationId: proof?.id,
        verifiedAt: proof && now,
        reservedAs: status === 'unverified' ? null : value,
      },
    });
  }

  /** Takes them away, with their proofs. */
  async remove<K extends IdentifierKind>(tx: Tx, ctx: RequestContext, kind: K, rows: Rows[K][]): Promise<void> {
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
    row: Rows[K],
    isVerified: boolean,
  ): Promise<Rows[K]> {
    const proof = isVerified ? await this.verifications.createVerified(tx, ctx, 'admin') : null;
    return this.settle(tx, ctx, kind, row, isVerified, proof?.id ?? null);
  }

  /** Marks one that a code has proved as its user's, as the primary one when they have no other. */
  async prove<K extends IdentifierKind>(
    tx: Tx,
    ctx: RequestContext,
    kind: K,
    user: FullUser,
    row: Rows[K],
    verificationId: string | null,
  ): Promise<void> {
    await this.settle(tx, ctx, kind, row, true, verificationId);
    const { primary } = COLUMNS[kind];
    if (user[primary]) await this.users.touched(tx, ctx, user.id);
    else await this.users.update(tx, ctx, user.id, { [primary]: row.id });
  }

  /** @throws `verification_already_verified`, `verification_strategy_invalid` (400) when no code may be sent for it */
  requireProvable(row: Rows[IdentifierKind], strategy: string, expected: string): void {
    if (row.verifiedAt) throw verificationAlreadyVerified();
    if (strategy !== expected) throw verificationStrategyInvalid();
  }

  /**
   * Tries the code that was sent to one; the right one makes it its user's alone. Wrong ones count for the user's lockout.
   *
   * @param read the row, within the transaction
   * @throws `form_code_incorrect` (422), `verification_*`, `identification_claimed` (400), `user_locked` (403)
   */
  async attempt<K extends IdentifierKind>(
    ctx: RequestContext,
    kind: K,
    userId: string,
    code: string,
    read: (tx: Tx) => Promise<Rows[K]>,
  ): Promise<void> {
    const work = async (tx: Tx): Promise<ApiError | undefined> => {
      const user = await this.locked(tx, ctx, userId);
      const row = await read(tx);
      if (row.verifiedAt) throw verificationAlreadyVerified();
      const locked = this.lockouts.refusal(user);
      if (locked) return locked;
      const problem = await this.verifications.attemptCode(tx, ctx, row.verificationId, code);
      if (problem?.code === 'form_code_incorrect') return this.lockouts.countFailure(tx, ctx, user, problem);
      if (problem) return problem;
      await this.prove(tx, ctx, kind, user, row, row.verificationId);
      return undefined;
    };
    const problem = await transaction(this.db, work, { taken: claimed });
    if (problem) throw problem;
  }

  /**
   * Proves one by a link that was followed.
   *
   * @param read the row, within the transaction
   * @throws `verification_*`, `identification_claimed` (400)
   */
  async proveByLink<K extends IdentifierKind>(
    ctx: RequestContext,
    kind: K,
    userId: string,
    link: UsedLink,
    read: (tx: Tx) => Promise<Rows[K]>,
  ): Promise<void> {
    const work = async (tx: Tx) => {
      const user = await this.locked(tx, ctx, userId);
      const row = await read(tx);
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
    row: Rows[K],
    isVerified: boolean,
    verificationId: string | null,
  ): Promise<Rows[K]> {
    const value = (row as unknown as Record<string, string>)[COLUMNS[kind].value]!;
    const [updated] = await tableOf(tx, kind).updateManyAndReturn({
      where: { id: row.id, instanceId: ctx.instanceId },
      data: {
        verificationId,
        verifiedAt: isVerified ? this.clock.now() : null,
        reservedAs: isVerified ? value : null,
      },
    });
    return updated!;
  }
}
