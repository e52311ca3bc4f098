import { Injectable } from '@nestjs/common';
import type { OrganizationJSON } from '@clerk/backend';
import type { OrganizationJSON as OwnOrganizationJSON } from '@clerk/shared/types';
import type { Page, RequestContext } from '@latchkey/contracts';
import { toPage } from '@latchkey/http';
import { OrganizationsDb } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import { OrganizationsLookup } from './organizations.lookup.js';
import { pageOfOrganizations, withoutManager } from './organizations.queries.js';
import type { GetOrganization, ListOrganizations } from './organizations.schemas.js';
import { toOrganizationJSON, toOwnOrganizationJSON, type FullOrganization } from './organizations.serializer.js';

/** Organizations as callers see them. */
@Injectable()
export class OrganizationsReader {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly lookup: OrganizationsLookup,
    private readonly directory: DirectoryService,
  ) {}

  /** An organization as BAPI shows it. @throws `resource_not_found` (404) */
  async get(ctx: RequestContext, idOrSlug: string, query: GetOrganization): Promise<OrganizationJSON> {
    const row = await this.lookup.require(ctx, idOrSlug);
    const { data } = await this.shown(ctx, { rows: [row], total: 1 }, query);
    return data[0]!;
  }

  /** The organizations of an instance. */
  async list(ctx: RequestContext, query: ListOrganizations): Promise<Page<OrganizationJSON>> {
    return this.shown(ctx, await pageOfOrganizations(this.db, ctx.instanceId, query), query);
  }

  /** A row as BAPI shows it after a change. */
  async show(ctx: RequestContext, row: FullOrganization): Promise<OrganizationJSON> {
    return toOrganizationJSON(row, await this.directory.instance(ctx));
  }

  /** A row as FAPI shows it. */
  async showOwn(ctx: RequestContext, row: FullOrganization): Promise<OwnOrganizationJSON> {
    return toOwnOrganizationJSON(row, await this.directory.instance(ctx));
  }

  /** An organization as FAPI shows it. @throws `resource_not_found` (404) */
  async getOwn(ctx: RequestContext, id: string): Promise<OwnOrganizationJSON> {
    return this.showOwn(ctx, await this.lookup.require(ctx, id));
  }

  private async shown(
    ctx: RequestContext,
    page: { rows: FullOrganization[]; total: number },
    query: GetOrganization,
  ): Promise<Page<OrganizationJSON>> {
    const view = await this.directory.instance(ctx);
    const orphans = query.include_missing_member_with_elevated_permissions
      ? await withoutManager(
          this.db,
          ctx.instanceId,
          page.rows.map((row) => row.id),
        )
      : undefined;
    return toPage(page, (row) =>
      toOrganizationJSON(row, view, {
        membersCount: query.include_members_count,
        missingMember: orphans?.has(row.id),
      }),
    );
  }
}
