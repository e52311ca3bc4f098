import { Injectable } from '@nestjs/common';
import { UserSummaries } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { afterCommit } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { IdentityDb, type Tx } from '../db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { UserClaimsService } from './user-claims.service.js';
import { identifierExists } from './users.errors.js';
import { userCreated, userUpdated } from './users.events.js';
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
    await tx.user.update({ where: { id, instanceId: ctx.instanceId }, data });
    return this.touched(tx, ctx, id);
  }

  /** Tells of a change to what belongs to a user (an address, a factor), after its rows are written. */
  async touched(tx: Tx, ctx: RequestContext, id: string): Promise<FullUser> {
    const user = await this.requireIn(tx, ctx, id);
    this.claims.changed(tx, ctx.instanceId, id);
    await this.outbox.add(tx, userUpdated(ctx, user, await this.view(ctx.instanceId)));
    afterCommit(tx, () => this.summaries.changed(ctx.instanceId, id));
    return user;
  }

  /** @throws `resource_not_found` (404) */
  async require(ctx: RequestContext, id: string): Promise<FullUser> {
    return this.requireIn(this.db, ctx, id);
  }

  /** As `require`, inside a transaction. */
  async requireIn(db: Tx | IdentityDb, ctx: { instanceId: string }, id: string): Promise<FullUser> {
    const user = await db.user.findUnique({ where: { id, instanceId: ctx.instanceId }, include: fullUser });
    if (!user) throw notFound('user', id);
    return user;
  }

  /** What showing users of this instance depends on. */
  async view(instanceId: string): Promise<UserView> {
    const { fapiUrl } = await this.instances.require(instanceId);
    return { fapiUrl, now: this.clock.now() };
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
