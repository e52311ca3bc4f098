import { Injectable } from '@nestjs/common';
import { UserSummaries } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { afterCommit } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { IdentityDb, type Tx } from '../db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { OrganizationMembersService } from './organization-members.service.js';
import { UserClaimsService } from './user-claims.service.js';
import { identifierExists, startingAfterNeedsCreationOrder, unknownStartingAfter } from './users.errors.js';
import { userCreated, userDeleted, userUpdated } from './users.events.js';
import { countUsers, findFullUser, findUserIds, type Members } from './users.queries.js';
import type { UserFilters, UserListQuery } from './users.schemas.js';
import { fullUser, type FullUser, type UserView } from './users.serializer.js';

/** An address or number that a new user begins with. */
export interface NewIdentifier {
  value: string;
  /** The proof; null for one that nobody has proved yet. */
  verificationId: string | null;
  isVerified: boolean;
  /** Nobody else may claim it although it is unproved. */
  isReserved?: boolean;
}

/** What a user is made from. */
export interface NewUser {
  emailAddresses: NewIdentifier[];
  phoneNumbers: NewIdentifier[];
  fields: Omit<Prisma.UserUncheckedCreateInput, 'id' | 'instanceId' | 'emailAddresses' | 'phoneNumbers'>;
}

/** The unique indexes of what a user may be the only one to have, with what the loser of a race is told. */
export const takenIdentifiers = {
  email_addresses_reserved: () => identifierExists('email_address'),
  phone_numbers_reserved: () => identifierExists('phone_number'),
  users_username: () => identifierExists('username'),
  users_external_id: () => identifierExists('external_id'),
};

/** Users: the rows, and the events that tell of their changes. */
@Injectable()
export class UsersService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly claims: UserClaimsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly summaries: UserSummaries,
    private readonly members: OrganizationMembersService,
  ) {}

  /** Makes a user. Run it in a `transaction` with `taken: takenIdentifiers`: of two who race for an identifier, one gets it. */
  async create(tx: Tx, ctx: RequestContext, input: NewUser): Promise<FullUser> {
    const now = this.clock.now();
    const id = newId('user', now);
    const emails = input.emailAddresses.map((item) => ({
      ...this.identifier(ctx, id, item),
      emailAddress: item.value,
      id: newId('emailAddress', now),
    }));
    const phones = input.phoneNumbers.map((item) => ({
      ...this.identifier(ctx, id, item),
      phoneNumber: item.value,
      id: newId('phoneNumber', now),
    }));
    await tx.user.create({
      data: {
        ...input.fields,
        id,
        instanceId: ctx.instanceId,
        primaryEmailAddressId: emails[0]?.id,
        primaryPhoneNumberId: phones[0]?.id,
      },
    });
    if (emails.length) await tx.emailAddress.createMany({ data: emails });
    if (phones.length) await tx.phoneNumber.createMany({ data: phones });
    const user = await this.requireIn(tx, ctx, id);
    await this.outbox.add(tx, userCreated(ctx, user, await this.view(ctx.instanceId)));
    return user;
  }

  /** Changes a user's own fields, and tells of it. */
  async update(tx: Tx, ctx: RequestContext, id: string, data: Prisma.UserUncheckedUpdateInput): Promise<FullUser> {
    const { count } = await tx.user.updateMany({ where: { id, instanceId: ctx.instanceId }, data });
    if (count === 0) throw notFound('user', id);
    return this.touched(tx, ctx, id, { isWritten: true });
  }

  /** Tells of a change to what belongs to a user (an address, a factor), after its rows are written. */
  async touched(tx: Tx, ctx: RequestContext, id: string, { isWritten = false } = {}): Promise<FullUser> {
    // The user's row, too: it says when they changed, and its lock keeps their events in order.
    if (!isWritten) await tx.user.updateMany({ where: { id, instanceId: ctx.instanceId }, data: {} });
    const user = await this.requireIn(tx, ctx, id);
    this.claims.changed(tx, ctx.instanceId, id);
    await this.outbox.add(tx, userUpdated(ctx, user, await this.view(ctx.instanceId)));
    afterCommit(tx, () => this.summaries.changed(ctx.instanceId, id));
    return user;
  }

  /** Removes a user and everything that is theirs; their sessions must have been ended before. */
  async delete(tx: Tx, ctx: RequestContext, user: FullUser): Promise<void> {
    const ofUser = { instanceId: ctx.instanceId, userId: user.id };
    const proofs = [...user.emailAddresses, ...user.phoneNumbers].flatMap(({ verificationId }) => verificationId ?? []);
    await tx.image.deleteMany({ where: ofUser });
    const { count } = await tx.user.deleteMany({ where: { id: user.id, instanceId: ctx.instanceId } });
    if (count === 0) throw notFound('user', user.id);
    await tx.verification.deleteMany({ where: { instanceId: ctx.instanceId, id: { in: proofs } } });
    this.claims.changed(tx, ctx.instanceId, user.id);
    await this.outbox.add(tx, userDeleted(ctx, user));
    afterCommit(tx, () => this.summaries.changed(ctx.instanceId, user.id));
  }

  /** The users that a query asks for, in its order: two statements, however many they are. */
  async list(ctx: RequestContext, query: UserListQuery): Promise<FullUser[]> {
    const after = query.starting_after === undefined ? undefined : await this.startingAfter(ctx, query);
    const { organization_id: selection } = query;
    const find = (page: UserListQuery, members?: Members) =>
      findUserIds(this.db, ctx.instanceId, page, { after, members });
    if (!selection) return this.inOrder(ctx, await find(query));
    const members = await this.members.named(ctx, selection);
    const ids = members ? await find(query, members) : await this.members.walk(ctx, selection, query, find);
    return this.inOrder(ctx, ids);
  }

  /** How many users fit the filters. */
  async count(ctx: RequestContext, filters: UserFilters): Promise<number> {
    const { organization_id: selection } = filters;
    const count = (members?: Members) => countUsers(this.db, ctx.instanceId, filters, members);
    if (!selection) return count();
    const members = await this.members.named(ctx, selection);
    return members ? count(members) : this.members.count(ctx, selection, count);
  }

  /** @throws `resource_not_found` (404) */
  async require(ctx: RequestContext, id: string): Promise<FullUser> {
    const user = await findFullUser(this.db, ctx.instanceId, id);
    if (!user) throw notFound('user', id);
    return user;
  }

  /** As `require`, inside a transaction. */
  async requireIn(db: Tx | IdentityDb, ctx: { instanceId: string }, id: string): Promise<FullUser> {
    const user = await db.user.findUnique({ where: { id, instanceId: ctx.instanceId }, include: fullUser });
    if (!user) throw notFound('user', id);
    return user;
  }

  /** What showing users of this instance depends on. */
  async view(instanceId: string): Promise<UserView> {
    const { fapiUrl, settings } = await this.instances.require(instanceId);
    const { user_lockout: lockout } = settings.attack_protection;
    return { fapiUrl, now: this.clock.now(), maxAttempts: lockout.enabled ? lockout.max_attempts : null };
  }

  /** Users by their ids, in the ids' order; those that are not there are left out. */
  async inOrder(ctx: { instanceId: string }, ids: string[], db: IdentityDb | Tx = this.db): Promise<FullUser[]> {
    if (ids.length === 0) return [];
    const users = await db.user.findMany({
      where: { instanceId: ctx.instanceId, id: { in: ids } },
      include: fullUser,
    });
    const byId = new Map(users.map((user) => [user.id, user]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  private async startingAfter(ctx: RequestContext, query: UserListQuery): Promise<{ id: string; createdAt: Date }> {
    if (!/^[+-]?created_at$/.test(query.order_by)) throw startingAfterNeedsCreationOrder('order_by');
    if (query.offset > 0) throw startingAfterNeedsCreationOrder('offset');
    const where = { id: query.starting_after!, instanceId: ctx.instanceId };
    const user = await this.db.user.findUnique({ where, select: { id: true, createdAt: true } });
    if (!user) throw unknownStartingAfter(query.starting_after!);
    return user;
  }

  private identifier(ctx: RequestContext, userId: string, item: NewIdentifier) {
    return {
      instanceId: ctx.instanceId,
      userId,
      verificationId: item.verificationId,
      verifiedAt: item.isVerified ? this.clock.now() : null,
      reservedAs: item.isVerified || item.isReserved ? item.value : null,
    };
  }
}
