import { Injectable } from '@nestjs/common';
import type { OrganizationCreationDefaultsJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { OrganizationsDb } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { anotherSlug, slugOf } from '../organizations/organizations.slugs.js';
import { nameFor, ownDomains } from './creation-defaults.names.js';

/** What the form for a new organization begins with. */
@Injectable()
export class CreationDefaultsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly directory: DirectoryService,
    private readonly organizations: OrganizationsLookup,
  ) {}

  /** For the calling user: the contract's naming rules in their order, domain, person, fallback. */
  async of(ctx: RequestContext): Promise<Omit<OrganizationCreationDefaultsJSON, 'object' | 'id'>> {
    const user = await this.directory.requireUser(ctx, ctx.userId!);
    const domains = ownDomains(user);
    const name = nameFor(user, domains[0]);
    const slug = slugOf(name);
    const isTaken = (await this.organizations.find(ctx, slug)) !== null;
    return {
      advisory: await this.advisory(ctx, user.id, domains),
      form: { name, slug: isTaken ? anotherSlug(slug) : slug, logo: null, blur_hash: null },
    };
  }

  /** Tells who has an address of an organization's verified domain that there is one already, unless they belong to it. */
  private async advisory(
    { instanceId }: RequestContext,
    userId: string,
    domains: string[],
  ): Promise<OrganizationCreationDefaultsJSON['advisory']> {
    const taken = await this.db.organizationDomain.findFirst({
      where: {
        instanceId,
        verifiedName: { in: domains },
        organization: { memberships: { none: { instanceId, userId } } },
      },
      include: { organization: true },
      orderBy: { createdAt: 'asc' },
    });
    return (
      taken && {
        code: 'organization_already_exists',
        severity: 'warning',
        meta: { organization_name: taken.organization.name, organization_domain: taken.name },
      }
    );
  }
}
