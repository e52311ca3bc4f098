import { Injectable } from '@nestjs/common';
import { notFound } from '@latchkey/core';
import { OrganizationsDb, type Tx } from '../db.js';
import { fullOrganization, type FullOrganization } from './organizations.serializer.js';

/** Finds organizations for the features that belong to them. */
@Injectable()
export class OrganizationsLookup {
  constructor(private readonly db: OrganizationsDb) {}

  /** The organization of this id, or of this slug; null when there is none in the instance. */
  find({ instanceId }: { instanceId: string }, idOrSlug: string): Promise<FullOrganization | null> {
    const where = idOrSlug.startsWith('org_') ? { id: idOrSlug, instanceId } : { instanceId, slug: idOrSlug };
    return this.db.organization.findFirst({ where, include: fullOrganization });
  }

  /** @throws `resource_not_found` (404) */
  async require(ctx: { instanceId: string }, idOrSlug: string): Promise<FullOrganization> {
    const row = await this.find(ctx, idOrSlug);
    if (!row) throw notFound('organization', idOrSlug);
    return row;
  }

  /** As the transaction sees it. @throws `resource_not_found` (404) */
  async requireIn(tx: Tx, { instanceId }: { instanceId: string }, id: string): Promise<FullOrganization> {
    const row = await tx.organization.findFirst({ where: { id, instanceId }, include: fullOrganization });
    if (!row) throw notFound('organization', id);
    return row;
  }

  /**
   * Takes the organization's lock: changes to its members and invitations happen one after the other, so that what one
   * has counted still holds when it commits. @throws `resource_not_found` (404)
   */
  async lock(tx: Tx, scope: { instanceId: string }, id: string): Promise<void> {
    if (!(await this.tryLock(tx, scope, id))) throw notFound('organization', id);
  }

  /** As `lock`; false when there is no such organization any more. */
  async tryLock(tx: Tx, { instanceId }: { instanceId: string }, id: string): Promise<boolean> {
    const rows = await tx.$queryRaw<
      unknown[]
    >`SELECT id FROM organizations WHERE id = ${id} AND instance_id = ${instanceId} FOR UPDATE`;
    return rows.length === 1;
  }
}
