import { Injectable } from '@nestjs/common';
import { OrganizationViews, type RoleView, type UserSummary } from '@latchkey/clients';
import type { JsonObject } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import { afterCommit } from '@latchkey/db';
import { Outbox, type EventCause } from '@latchkey/events';
import type { Tx } from '../db.js';
import type { Membership } from '../generated/prisma/client.js';
import { membershipQuotaExceeded } from '../organizations/organizations.errors.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { MINIMUM_PERMISSION } from '../roles/roles.defaults.js';
import { profileOfSummary, UserProfilesService } from '../user-profiles/user-profiles.service.js';
import { alreadyMember, minimumPermissionsNeeded } from './memberships.errors.js';
import { membershipCreated, membershipDeleted, membershipUpdated } from './memberships.events.js';
import { leavePlace, othersManage, takePlace } from './memberships.queries.js';
import type { FullMembership } from './memberships.serializer.js';

/** Who joins, and as what. */
export interface NewMember {
  organizationId: string;
  user: UserSummary;
  role: RoleView;
  /** A server has decided it: the organization becomes active in the next session that the user begins. */
  isGranted?: boolean;
  publicMetadata?: JsonObject;
  privateMetadata?: JsonObject;
}

/** What a write is caused by, and where pictures are found. */
export interface WriteContext extends EventCause {
  fapiUrl: string;
}

/** The unique index of memberships, with what the loser of a race is told. */
export const takenMembership = { memberships_one_per_user: alreadyMember };

/**
 * The writes on memberships, for every feature by which users join and leave. Each takes the organization's row first, so
 * that its counts are right and no two writes wait for each other in a circle.
 */
@Injectable()
export class MembershipsWriter {
  constructor(
    private readonly organizations: OrganizationsLookup,
    private readonly views: OrganizationViews,
    private readonly profiles: UserProfilesService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a user a member. Run it in a `transaction` with `taken: takenMembership`.
   *
   * @param place `invited` when the user comes by an invitation that holds a place
   * @throws `already_a_member_in_organization` (400), `organization_membership_quota_exceeded` (403)
   */
  async add(tx: Tx, ctx: WriteContext, member: NewMember, place: 'new' | 'invited' = 'new'): Promise<FullMembership> {
    const { instanceId } = ctx;
    const { organizationId, user } = member;
    const userId = user.id;
    // Before the place: somebody who is in already is told so, also when the organization is full.
    if (await tx.membership.findFirst({ where: { instanceId, organizationId, userId } })) throw alreadyMember();
    if (!(await takePlace(tx, { instanceId, organizationId }, place))) {
      await this.organizations.requireIn(tx, ctx, organizationId);
      throw membershipQuotaExceeded();
    }
    const now = this.clock.now();
    const row = await tx.membership.create({
      data: {
        id: newId('organizationMembership', now),
        instanceId,
        organizationId,
        userId,
        roleId: member.role.id,
        publicMetadata: member.publicMetadata ?? {},
        privateMetadata: member.privateMetadata ?? {},
        grantedAt: member.isGranted ? now : null,
      },
    });
    await this.profiles.save(tx, ctx, profileOfSummary(user));
    const full = await this.full(tx, ctx, row, member.role, user.public_user_data);
    await this.outbox.add(tx, membershipCreated(ctx, full));
    this.changed(tx, row);
    return full;
  }

  /**
   * Changes a member's role.
   *
   * @throws `organization_minimum_permissions_needed` (400) when nobody could manage the members any more
   */
  async setRole(
    tx: Tx,
    ctx: WriteContext,
    row: Membership,
    roles: { from: RoleView; to: RoleView },
    user: FullMembership['user'],
  ): Promise<FullMembership> {
    await this.requireManager(tx, row, roles.from, roles.to);
    const updated = await tx.membership.update({
      where: { id: row.id, instanceId: ctx.instanceId },
      data: { roleId: roles.to.id },
    });
    return this.updated(tx, ctx, updated, roles.to, user);
  }

  /** Tells of a change to a membership, after its row is written. */
  async updated(
    tx: Tx,
    ctx: WriteContext,
    row: Membership,
    role: RoleView,
    user: FullMembership['user'],
  ): Promise<FullMembership> {
    const full = await this.full(tx, ctx, row, role, user);
    await this.outbox.add(tx, membershipUpdated(ctx, full));
    this.changed(tx, row);
    return full;
  }

  /**
   * Ends a membership. Take the organization's lock and read the row under it first.
   *
   * @param mayBeLast the user exists no more: then nobody can refuse
   * @throws `organization_minimum_permissions_needed` (400) when nobody could manage the members any more
   */
  async remove(
    tx: Tx,
    ctx: WriteContext,
    row: Membership,
    role: RoleView,
    user: FullMembership['user'],
    { mayBeLast = false } = {},
  ): Promise<FullMembership> {
    if (!mayBeLast) await this.requireManager(tx, row, role);
    await tx.membership.delete({ where: { id: row.id, instanceId: ctx.instanceId } });
    await leavePlace(tx, row);
    const full = await this.full(tx, ctx, row, role, user);
    await this.outbox.add(tx, membershipDeleted(ctx, full));
    this.changed(tx, row);
    return full;
  }

  private async requireManager(tx: Tx, row: Membership, from: RoleView, to?: RoleView): Promise<void> {
    const manages = (role: RoleView | undefined) => role?.permissions.includes(MINIMUM_PERMISSION) ?? false;
    if (!manages(from) || manages(to)) return;
    if (!(await othersManage(tx, row, row.userId))) throw minimumPermissionsNeeded();
  }

  private async full(
    tx: Tx,
    ctx: WriteContext,
    row: Membership,
    role: RoleView,
    user: FullMembership['user'],
  ): Promise<FullMembership> {
    const organization = await this.organizations.requireIn(tx, ctx, row.organizationId);
    return { row, organization, role, user, fapiUrl: ctx.fapiUrl };
  }

  private changed(tx: Tx, { instanceId, organizationId, userId }: Membership): void {
    afterCommit(tx, async () => {
      await this.views.membersChanged(instanceId, organizationId, userId);
      await this.views.organizationChanged(instanceId, organizationId);
    });
  }
}
