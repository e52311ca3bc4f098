import { Injectable } from '@nestjs/common';
import { systemContext } from '@latchkey/clients';
import type { LatchkeyEvent } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import type { Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import { domainOf } from '../domains/domains.names.js';
import type { OrganizationDomain } from '../generated/prisma/client.js';
import { InvitationsService } from '../invitations/invitations.service.js';

/** Invites users to the organizations of their domains, or suggests those to them. */
@Injectable()
export class EnrollmentService {
  constructor(
    private readonly directory: DirectoryService,
    private readonly invitations: InvitationsService,
    private readonly clock: Clock,
  ) {}

  /** Does nothing twice: who is a member, was invited by the domain, or has the suggestion is passed over. */
  async enroll(tx: Tx, event: LatchkeyEvent, userId: string, addresses: string[]): Promise<void> {
    const instanceId = event.instanceid;
    const ctx = { ...systemContext(event.id, instanceId), ipAddress: event.clientip, userAgent: event.useragent };
    const { organizations: settings } = await this.directory.instance(ctx);
    if (!settings.enabled || !settings.domains.enabled) return;
    const domains = await tx.organizationDomain.findMany({
      where: {
        instanceId,
        verifiedName: { in: [...new Set(addresses.map(domainOf))] },
        enrollmentMode: { in: settings.domains.enrollment_modes.filter((mode) => mode !== 'manual_invitation') },
        organization: { memberships: { none: { instanceId, userId } } },
      },
      orderBy: { organizationId: 'asc' },
    });
    for (const domain of domains) {
      const address = addresses.find((one) => domainOf(one) === domain.name)!;
      if (domain.enrollmentMode === 'automatic_suggestion') await this.suggest(tx, domain, userId);
      else await this.invitations.inviteByDomain(tx, ctx, domain, address);
    }
  }

  private async suggest(tx: Tx, domain: OrganizationDomain, userId: string): Promise<void> {
    await tx.suggestion.createMany({
      data: {
        id: newId('organizationSuggestion', this.clock.now()),
        instanceId: domain.instanceId,
        organizationId: domain.organizationId,
        userId,
        domainId: domain.id,
        status: 'pending',
      },
      skipDuplicates: true,
    });
  }
}
