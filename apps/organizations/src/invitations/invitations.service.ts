import { Injectable } from '@nestjs/common';
import { OrganizationViews, type InstanceView, type RoleView, type UserSummary } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { afterCommit, transaction } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { Organization, OrganizationDomain } from '../generated/prisma/client.js';
import { nameOf } from '../memberships/memberships.serializer.js';
import { alreadyMember, permissionMissing } from '../memberships/memberships.errors.js';
import { MessagesService } from '../messages/messages.service.js';
import { invitationLetter } from '../messages/messages.templates.js';
import { membershipQuotaExceeded } from '../organizations/organizations.errors.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { MINIMUM_PERMISSION } from '../roles/roles.defaults.js';
import { RolesLookup } from '../roles/roles.lookup.js';
import {
  addressInvitedTooOften,
  bulkTooLarge,
  duplicateInvitations,
  invitationNotPending,
  invitationNotUnique,
  invitationsNotSupported,
  notAMember,
} from './invitations.errors.js';
import { invitationCreated, invitationRevoked } from './invitations.events.js';
import { addressesOfMembers, expireDue, leavePendingPlaces, takePendingPlaces } from './invitations.queries.js';
import { InvitationsReader } from './invitations.reader.js';
import type { CreateInvitation } from './invitations.schemas.js';
import type { FullInvitation } from './invitations.serializer.js';
import { InvitationTickets } from './invitations.tickets.js';

const DAY_MS = 86_400_000;
const BULK_LIMIT = 10;
/** How often a member may have one address invited within an hour; ours, for to withdraw and invite again would be a way to flood it. */
const MOST_TO_ADDRESS = 5;
const HOUR_MS = 3_600_000;
const DOMAIN_INVITATION = { public_metadata: {}, private_metadata: {}, expires_in_days: 30, notify: true };

/** Asks addresses to join organizations. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly organizations: OrganizationsLookup,
    private readonly roles: RolesLookup,
    private readonly directory: DirectoryService,
    private readonly reader: InvitationsReader,
    private readonly tickets: InvitationTickets,
    private readonly outbox: Outbox,
    private readonly messages: MessagesService,
    private readonly views: OrganizationViews,
    private readonly clock: Clock,
  ) {}

  /**
   * Invites an address to an organization.
   *
   * @throws `organization_invitation_not_unique`, `already_a_member_in_organization` (400),
   * `organization_membership_quota_exceeded` (403), `form_param_value_invalid` for the role (422), `too_many_requests` (429)
   */
  async create(ctx: RequestContext, organizationId: string, input: CreateInvitation): Promise<FullInvitation> {
    const [created] = await this.write(ctx, organizationId, [input], invitationNotUnique);
    return created!;
  }

  /**
   * Invites several addresses: all of them, or none.
   *
   * @throws `bulk_size_exceeded`, `duplicate_record` (400), and what `create` throws
   */
  async createBulk(ctx: RequestContext, organizationId: string, inputs: CreateInvitation[]): Promise<FullInvitation[]> {
    if (inputs.length > BULK_LIMIT) throw bulkTooLarge(BULK_LIMIT);
    const addresses = inputs.map((input) => input.email_address);
    const twice = addresses.filter((address, index) => addresses.indexOf(address) !== index);
    if (twice.length) throw duplicateInvitations([...new Set(twice)]);
    const organization = await this.organizations.require(ctx, organizationId);
    const pending = await this.db.invitation.findMany({
      where: {
        instanceId: ctx.instanceId,
        organizationId: organization.id,
        pendingAddress: { in: addresses },
        expiresAt: { gt: this.clock.now() },
      },
    });
    if (pending.length) throw duplicateInvitations(pending.map((row) => row.emailAddress));
    return this.write(ctx, organization.id, inputs, () => duplicateInvitations(addresses));
  }

  /**
   * Withdraws a pending invitation, so that its link stops working.
   *
   * @param requestingUserId who wants it; must be able to manage the members
   * @throws `organization_invitation_not_pending`, `resource_not_found` (404)
   */
  async revoke(
    ctx: RequestContext,
    organizationId: string,
    id: string,
    requestingUserId?: string | null,
  ): Promise<FullInvitation> {
    const organization = await this.organizations.require(ctx, organizationId);
    if (requestingUserId) await this.requireManager(organization, requestingUserId);
    const where = { id, organizationId: organization.id, instanceId: ctx.instanceId };
    const known = await this.db.invitation.findFirst({ where });
    if (!known) throw notFound('organization invitation', id);
    const [full] = await this.reader.full(ctx, [known]);
    return transaction(this.db, async (tx) => {
      await this.organizations.lock(tx, ctx, organization.id);
      // One conditional UPDATE, not read-then-write: of a revoke and an accept that race, one wins.
      const [row] = await tx.invitation.updateManyAndReturn({
        where: { ...where, status: 'pending', expiresAt: { gt: this.clock.now() } },
        data: { status: 'revoked', pendingAddress: null },
      });
      if (!row) throw invitationNotPending();
      if (row.domainId === null) await leavePendingPlaces(tx, row, 1);
      const revoked = { ...full!, row };
      await this.outbox.add(tx, invitationRevoked(ctx, revoked));
      afterCommit(tx, () => this.views.organizationChanged(ctx.instanceId, organization.id));
      return revoked;
    });
  }

  /**
   * Invites users whose addresses are of an organization's domain. Such an invitation takes no place before it is accepted, and
   * is made once: whoever has let it pass is not asked again. Take the organization's lock first.
   */
  async inviteByDomain(
    tx: Tx,
    ctx: RequestContext,
    instance: InstanceView,
    domain: OrganizationDomain,
    addresses: string[],
  ): Promise<void> {
    const { instanceId, organizationId } = domain;
    const among = { in: addresses };
    const before = await tx.invitation.findMany({
      where: {
        instanceId,
        organizationId,
        OR: [{ domainId: domain.id, emailAddress: among }, { pendingAddress: among }],
      },
      select: { emailAddress: true },
    });
    const wanted = addresses.filter((address) => !before.some((row) => row.emailAddress === address));
    if (wanted.length === 0) return;
    const organization = await this.organizations.requireIn(tx, ctx, organizationId);
    const role = await this.roles.ofNewcomersIn(tx, organization);
    for (const address of wanted) {
      const input = { ...DOMAIN_INVITATION, email_address: address, role: role.key };
      await this.insert(tx, ctx, { organization, instance, role, inviter: undefined, input, domainId: domain.id });
    }
  }

  /** Notes what is past its time, a hundred organizations at a time. */
  async expire(): Promise<void> {
    const now = this.clock.now();
    const due = await this.db.$queryRaw<{ instance_id: string; organization_id: string }[]>`
      SELECT DISTINCT instance_id, organization_id FROM invitations
      WHERE status = 'pending' AND expires_at <= ${now} LIMIT 100`;
    for (const { instance_id: instanceId, organization_id: organizationId } of due) {
      await transaction(this.db, async (tx) => {
        await this.organizations.lock(tx, { instanceId }, organizationId);
        await expireDue(tx, { instanceId, organizationId }, now);
        afterCommit(tx, () => this.views.organizationChanged(instanceId, organizationId));
      });
    }
  }

  private async write(
    ctx: RequestContext,
    organizationId: string,
    inputs: CreateInvitation[],
    taken: typeof invitationNotUnique,
  ): Promise<FullInvitation[]> {
    const [organization, instance] = await Promise.all([
      this.organizations.require(ctx, organizationId),
      this.directory.instance(ctx),
    ]);
    if (!instance.hasEmail) throw invitationsNotSupported();
    const roles = await this.rolesOf(organization, inputs);
    const inviters = await this.invitersOf(ctx, organization, inputs);
    const scope = { instanceId: ctx.instanceId, organizationId: organization.id };
    const addresses = inputs.map((input) => input.email_address);
    if ((await addressesOfMembers(this.db, scope, addresses)).length) throw alreadyMember();
    const write = async (tx: Tx) => {
      await this.organizations.lock(tx, ctx, organization.id);
      await expireDue(tx, scope, this.clock.now(), addresses);
      if (ctx.api === 'fapi') await this.requireModest(tx, ctx, addresses);
      if (!(await takePendingPlaces(tx, scope, inputs.length))) throw membershipQuotaExceeded();
      const created: FullInvitation[] = [];
      for (const input of inputs) {
        const role = roles.get(input.role)!;
        const inviter = input.inviter_user_id ? inviters.get(input.inviter_user_id)?.public_user_data : undefined;
        created.push(await this.insert(tx, ctx, { organization, instance, role, inviter, input }));
      }
      afterCommit(tx, () => this.views.organizationChanged(ctx.instanceId, organization.id));
      return created;
    };
    return transaction(this.db, write, { taken: { invitations_one_pending: taken } });
  }

  /** No member floods an address with mail, from whichever of their organizations. */
  private async requireModest(tx: Tx, { instanceId, userId }: RequestContext, addresses: string[]): Promise<void> {
    const since = new Date(this.clock.now().getTime() - HOUR_MS);
    const made = await tx.invitation.groupBy({
      by: ['emailAddress'],
      where: { instanceId, emailAddress: { in: addresses }, createdAt: { gt: since }, inviterId: userId },
      _count: true,
    });
    if (made.some(({ _count: count }) => count >= MOST_TO_ADDRESS)) throw addressInvitedTooOften(HOUR_MS / 1000);
  }

  private async insert(
    tx: Tx,
    ctx: RequestContext,
    {
      organization,
      instance,
      role,
      inviter,
      input,
      domainId = null,
    }: {
      organization: Organization;
      instance: InstanceView;
      role: RoleView;
      inviter: FullInvitation['inviter'];
      input: CreateInvitation;
      domainId?: string | null;
    },
  ): Promise<FullInvitation> {
    const now = this.clock.now();
    const id = newId('organizationInvitation', now);
    const row = await tx.invitation.create({
      data: {
        id,
        instanceId: ctx.instanceId,
        organizationId: organization.id,
        emailAddress: input.email_address,
        pendingAddress: input.email_address,
        roleId: role.id,
        status: 'pending',
        inviterId: input.inviter_user_id ?? null,
        publicMetadata: input.public_metadata,
        privateMetadata: input.private_metadata,
        redirectUrl: input.redirect_url ?? null,
        ticketHash: this.tickets.of(id).hash,
        expiresAt: new Date(now.getTime() + input.expires_in_days * DAY_MS),
        createdAt: now,
        domainId,
      },
    });
    const url = this.tickets.url(id, instance.fapiUrl);
    const full = { row, organization, role, inviter, fapiUrl: instance.fapiUrl, now, url };
    await this.outbox.add(tx, invitationCreated(ctx, full));
    if (input.notify) await this.send(tx, ctx, full, instance, input.expires_in_days);
    return full;
  }

  private async send(
    tx: Tx,
    ctx: RequestContext,
    { row, organization, inviter, url }: FullInvitation,
    instance: InstanceView,
    expiresInDays: number,
  ): Promise<void> {
    const letter = invitationLetter({
      applicationName: instance.applicationName,
      organizationName: organization.name,
      inviterName: inviter ? nameOf(inviter) : null,
      url: url!,
      expiresInDays,
    });
    await this.messages.send(tx, ctx, instance, { to: row.emailAddress, organizationId: organization.id }, letter);
  }

  private async rolesOf(organization: Organization, inputs: CreateInvitation[]): Promise<Map<string, RoleView>> {
    const keys = [...new Set(inputs.map((input) => input.role))];
    const roles = await Promise.all(keys.map((key) => this.roles.assignable(organization, key)));
    return new Map(keys.map((key, index) => [key, roles[index]!]));
  }

  private async invitersOf(
    ctx: RequestContext,
    organization: Organization,
    inputs: CreateInvitation[],
  ): Promise<Map<string, UserSummary>> {
    const ids = [...new Set(inputs.flatMap((input) => input.inviter_user_id ?? []))];
    for (const id of ids) await this.requireManager(organization, id);
    return this.directory.users(ctx, ids);
  }

  /** @throws `not_a_member_in_organization`, `missing_organization_permission` (403) */
  private async requireManager({ instanceId, id }: Organization, userId: string): Promise<void> {
    const membership = await this.db.membership.findFirst({ where: { instanceId, organizationId: id, userId } });
    if (!membership) throw notAMember();
    const { permissions } = await this.roles.view(instanceId, membership.roleId);
    if (!permissions.includes(MINIMUM_PERMISSION)) throw permissionMissing([MINIMUM_PERMISSION]);
  }
}
