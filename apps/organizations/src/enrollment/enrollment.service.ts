import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { InstanceView, UserSummary } from '@latchkey/clients';
import { Clock, newId } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import type { EventCause } from '@latchkey/events';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import { domainOf } from '../domains/domains.names.js';
import { InstanceTasksService, type Task } from '../instance-tasks/instance-tasks.service.js';
import type { OrganizationDomain } from '../generated/prisma/client.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { usersOfDomain } from './enrollment.queries.js';

const AUTOMATIC = ['automatic_invitation', 'automatic_suggestion'] as const;
/** Users of a domain who are reached in one transaction. */
const BATCH = 50;
/** Users of a domain who are looked for at once. */
const PAGE = 2_000;
/** Domains of an instance that are put to work in one transaction. */
const DOMAINS = 100;

/** A user with a verified address of the domain that is looked at. */
interface Person {
  userId: string;
  address: string;
}

/**
 * Invites users to the organizations of their domains, or suggests those to them. It does nothing twice: who is a member, was
 * invited by the domain, or has the suggestion is passed over. Addresses and settings are identity's, so this is a task and not
 * done where an event is consumed.
 */
@Injectable()
export class EnrollmentService implements OnModuleInit {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly directory: DirectoryService,
    private readonly organizations: OrganizationsLookup,
    private readonly invitations: InvitationsService,
    private readonly tasks: InstanceTasksService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.tasks.handle('enroll_user', (task) => this.enrollUser(task));
    this.tasks.handle('enroll_domain', (task) => this.enrollDomain(task));
    this.tasks.handle('enroll_instance', (task) => this.enrollInstance(task));
  }

  /** Lets the domains of a user's verified addresses work, when there are such domains. */
  async userChanged(tx: Tx, cause: EventCause, userId: string, addresses: string[]): Promise<void> {
    const domain = await tx.organizationDomain.findFirst({
      where: {
        instanceId: cause.instanceId,
        verifiedName: { in: [...new Set(addresses.map(domainOf))] },
        enrollmentMode: { in: [...AUTOMATIC] },
      },
      select: { id: true },
    });
    if (domain) await this.tasks.add(tx, cause, 'enroll_user', userId);
  }

  /** Lets modes that an instance has switched on work on those whom their domains did not reach before. */
  async modesBegan(tx: Tx, cause: EventCause, modes: string[]): Promise<void> {
    if (AUTOMATIC.some((mode) => modes.includes(mode)))
      await this.tasks.add(tx, cause, 'enroll_instance', cause.instanceId);
  }

  private async enrollUser(task: Task): Promise<void> {
    const { ctx, instance, subjectId: userId } = task;
    const user = await this.directory.findUser(ctx, userId);
    const addresses = user ? verifiedAddresses(user) : [];
    const domains = await this.db.organizationDomain.findMany({
      where: {
        instanceId: instance.id,
        verifiedName: { in: [...new Set(addresses.map(domainOf))] },
        enrollmentMode: { in: modesOf(instance) },
        organization: { memberships: { none: { instanceId: instance.id, userId } } },
      },
    });
    for (const domain of domains) {
      const address = addresses.find((one) => domainOf(one) === domain.name)!;
      await this.enroll(task, domain.id, [{ userId, address }]);
    }
  }

  /** Reaches those who had an address of the domain before its mode was switched on. */
  private async enrollDomain(task: Task): Promise<void> {
    const { ctx, instance, subjectId: domainId } = task;
    for (let found: string[] = [], after = task.input.after ?? ''; ;) {
      const domain = await this.db.organizationDomain.findFirst({ where: working(instance, domainId) });
      if (!domain) return;
      if (found.length === 0) found = await usersOfDomain(this.db, domain, after, PAGE);
      const userIds = found.splice(0, BATCH);
      if (userIds.length === 0) return;
      const users = await this.directory.users(ctx, userIds);
      const people = [...users.values()].flatMap((user) => {
        const address = verifiedAddresses(user).find((one) => domainOf(one) === domain.name);
        return address ? [{ userId: user.id, address }] : [];
      });
      await this.enroll(task, domainId, people);
      after = userIds.at(-1)!;
      if (!(await task.progress({ ...task.input, after }))) return;
    }
  }

  /** Puts every domain to work whose mode does something now. */
  private async enrollInstance(task: Task): Promise<void> {
    const { ctx } = task;
    // The event may be here before what is kept of the instance was cleared.
    const instance = await this.directory.freshInstance(ctx);
    const enrollmentMode = { in: instance ? modesOf(instance) : [] };
    for (let after = task.input.after ?? ''; ;) {
      const domains = await this.db.organizationDomain.findMany({
        where: { instanceId: ctx.instanceId, verifiedName: { gt: after }, enrollmentMode },
        orderBy: { verifiedName: 'asc' },
        take: DOMAINS,
      });
      if (domains.length === 0) return;
      await transaction(this.db, async (tx) => {
        for (const { id } of domains) await this.tasks.add(tx, ctx, 'enroll_domain', id);
      });
      after = domains.at(-1)!.verifiedName!;
      if (!(await task.progress({ ...task.input, after }))) return;
    }
  }

  private async enroll({ ctx, instance }: Task, domainId: string, people: Person[]): Promise<void> {
    const where = working(instance, domainId);
    await transaction(this.db, async (tx) => {
      const known = await tx.organizationDomain.findFirst({ where });
      if (!known || !(await this.organizations.tryLock(tx, ctx, known.organizationId))) return;
      // Under the lock, for the mode may have been changed, and its pending invitations deleted, a moment ago.
      const domain = await tx.organizationDomain.findFirst({ where });
      if (!domain) return;
      const members = await tx.membership.findMany({
        where: {
          instanceId: instance.id,
          organizationId: domain.organizationId,
          userId: { in: people.map(({ userId }) => userId) },
        },
        select: { userId: true },
      });
      const strangers = people.filter(({ userId }) => !members.some((row) => row.userId === userId));
      if (domain.enrollmentMode === 'automatic_suggestion') await this.suggest(tx, domain, strangers);
      else {
        const addresses = strangers.map(({ address }) => address);
        await this.invitations.inviteByDomain(tx, ctx, instance, domain, addresses);
      }
    });
  }

  private async suggest(tx: Tx, domain: OrganizationDomain, people: Person[]): Promise<void> {
    await tx.suggestion.createMany({
      data: people.map(({ userId }) => ({
        id: newId('organizationSuggestion', this.clock.now()),
        instanceId: domain.instanceId,
        organizationId: domain.organizationId,
        userId,
        domainId: domain.id,
        status: 'pending',
      })),
      skipDuplicates: true,
    });
  }
}

/** The modes that do something in an instance, as it is set. */
const modesOf = ({ organizations: { enabled, domains } }: InstanceView): string[] =>
  enabled && domains.enabled ? AUTOMATIC.filter((mode) => domains.enrollment_modes.includes(mode)) : [];

/** A domain while its mode does something. */
const working = (instance: InstanceView, id: string) => ({
  id,
  instanceId: instance.id,
  verifiedName: { not: null },
  enrollmentMode: { in: modesOf(instance) },
});

const verifiedAddresses = (user: UserSummary): string[] =>
  user.email_addresses.filter((row) => row.is_verified).map((row) => row.email_address);
