import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import type { UploadedFile } from '@latchkey/http';
import {
  drawInitials,
  showDrawn,
  showStored,
  toStoredPicture,
  type Rendition,
  type ShownPicture,
} from '@latchkey/pictures';
import { OrganizationsDb } from '../db.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import type { FullOrganization } from '../organizations/organizations.serializer.js';
import { OrganizationsService } from '../organizations/organizations.service.js';

const AVATAR = /^avatar-(org_\w+)$/;

/** The pictures of organizations. */
@Injectable()
export class LogosService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly lookup: OrganizationsLookup,
    private readonly organizations: OrganizationsService,
    private readonly clock: Clock,
  ) {}

  /** Puts an upload in place of the logo before. @throws `request_body_invalid` (400), `resource_not_found` (404) */
  async set(ctx: RequestContext, idOrSlug: string, file: UploadedFile): Promise<FullOrganization> {
    const { id } = await this.lookup.require(ctx, idOrSlug);
    // Before the transaction: it takes a while.
    const bytes = await toStoredPicture(file.bytes);
    const logoId = newId('image', this.clock.now());
    return this.organizations.change(ctx, id, async (row, tx) => {
      if (row.logoId) await tx.logo.deleteMany({ where: { id: row.logoId, instanceId: ctx.instanceId } });
      await tx.logo.create({
        data: { id: logoId, instanceId: ctx.instanceId, contentType: 'image/webp', bytes: new Uint8Array(bytes) },
      });
      return { logoId };
    });
  }

  /** Falls back to the drawn picture. @throws `resource_not_found` (404) */
  async remove(ctx: RequestContext, idOrSlug: string): Promise<FullOrganization> {
    const { id } = await this.lookup.require(ctx, idOrSlug);
    return this.organizations.change(ctx, id, async (row, tx) => {
      if (row.logoId) await tx.logo.deleteMany({ where: { id: row.logoId, instanceId: ctx.instanceId } });
      return { logoId: null };
    });
  }

  /** The picture at an address; `avatar-<organization id>` is drawn. @throws `image_not_found` (404) */
  async get(ctx: RequestContext, id: string, rendition: Rendition): Promise<ShownPicture> {
    const organizationId = AVATAR.exec(id)?.[1];
    if (organizationId) {
      const row = await this.lookup.find(ctx, organizationId);
      return showDrawn(row && drawInitials(row.id, [row.name]));
    }
    return showStored(await this.db.logo.findFirst({ where: { id, instanceId: ctx.instanceId } }), rendition);
  }
}
