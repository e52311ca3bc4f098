import { Injectable } from '@nestjs/common';
import type { OrganizationSuggestionJSON } from '@clerk/shared/types';
import type { Page, RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound, refusal } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { slice, toPage } from '@latchkey/http';
import { OrganizationsDb } from '../db.js';
import { nameOf } from '../memberships/memberships.serializer.js';
import { managingRoles } from '../memberships/memberships.queries.js';
import { MessagesService } from '../messages/messages.service.js';
import { membershipRequestLetter } from '../messages/messages.templates.js';
import { DirectoryService } from '../directory/directory.service.js';
import { toSuggestionJSON } from './suggestions.serializer.js';
import type { ListSuggestions } from './suggestions.schemas.js';

/** The user has asked to join before. */
const alreadyAccepted = () =>
  refusal(
    400,
    'organization_suggestion_already_accepted',
    'already accepted',
    'You have asked to join this organization before.',
  );

/** Managers who are told of a request, the oldest first: where hundreds manage, some are enough. */
const MOST_MANAGERS = 20;

/** Organizations that users may ask to join, because of their addresses. */
@Injectable()
export class SuggestionsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly directory: DirectoryService,
    private readonly messages: MessagesService,
    private readonly clock: Clock,
  ) {}

  /** The caller's own, newest first. */
  async list(ctx: RequestContext, query: ListSuggestions): Promise<Page<OrganizationSuggestionJSON>> {
    const where = {
      instanceId: ctx.instanceId,
      userId: ctx.userId!,
      status: { in: query.status ?? ['pending', 'accepted'] },
    };
    const [rows, total, view] = await Promise.all([
      this.db.suggestion.findMany({
        where,
        include: { organization: true },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        ...slice(query),
      }),
      this.db.suggestion.count({ where }),
      this.directory.instance(ctx),
    ]);
    return toPage({ rows, total }, (row) => toSuggestionJSON(row, view));
  }

  /** Asks to join: a manager of the organization decides. @throws `organization_suggestion_already_accepted` (400), `resource_not_found` (404) */
  async accept(ctx: RequestContext, id: string): Promise<OrganizationSuggestionJSON> {
    const { instanceId } = ctx;
    const known = await this.db.suggestion.findFirst({ where: { id, instanceId, userId: ctx.userId! } });
    if (!known) throw notFound('organization suggestion', id);
    const view = await this.directory.instance(ctx);
    const user = await this.directory.requireUser(ctx, known.userId);
    const managers = await this.managersOf(ctx, known.organizationId);
    return transaction(this.db, async (tx) => {
      const where = { id, instanceId, userId: ctx.userId! };
      const [row] = await tx.suggestion.updateManyAndReturn({
        where: { ...where, status: 'pending' },
        data: { status: 'accepted' },
        include: { organization: true },
      });
      if (!row)
        throw (await tx.suggestion.count({ where })) ? alreadyAccepted() : notFound('organization suggestion', id);
      const { count } = await tx.membershipRequest.createMany({
        data: {
          id: newId('organizationMembershipRequest', this.clock.now()),
          instanceId,
          organizationId: row.organizationId,
          userId: row.userId,
          pendingUser: row.userId,
          status: 'pending',
        },
        skipDuplicates: true,
      });
      const letter = membershipRequestLetter({
        organizationName: row.organization.name,
        applicationName: view.applicationName,
        requesterName: nameOf(user.public_user_data),
      });
      for (const { to, userId } of count ? managers : [])
        await this.messages.send(tx, ctx, view, { to, organizationId: row.organizationId, userId }, letter);
      return toSuggestionJSON(row, view);
    });
  }

  /** The addresses of those who decide about requests. */
  private async managersOf(ctx: RequestContext, organizationId: string): Promise<{ to: string; userId: string }[]> {
    const { instanceId } = ctx;
    const rows = await this.db.membership.findMany({
      where: { instanceId, organizationId, roleId: { in: await managingRoles(this.db, instanceId) } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: MOST_MANAGERS,
    });
    const users = await this.directory.users(
      ctx,
      rows.map((row) => row.userId),
    );
    return [...users.values()].flatMap(({ id, email_addresses: addresses }) => {
      const verified = addresses.find((address) => address.is_verified);
      return verified ? [{ to: verified.email_address, userId: id }] : [];
    });
  }
}
