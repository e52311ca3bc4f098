import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, refusal } from '@latchkey/core';
import type { UploadedFile } from '@latchkey/http';
import { drawInitials, render, toStoredPicture, type Rendition, type ShownPicture } from '@latchkey/pictures';
import { OrganizationsDb } from '../db.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import type { FullOrganization } from '../organizations/organizations.serializer.js';
import { OrganizationsService } from '../organizations/organizations.service.js';

const AVATAR = /^avatar-(org_\w+)$/;

const notAPicture = () =>
  refusal(400, 'request_body_invalid', 'Request body invalid', 'The file must be a JPEG, PNG, GIF or WebP picture.', {
    param_name: 'file',
  });

const imageNotFound = () => refusal(404, 'image_not_found', 'Image not found', 'There is no picture at this address.');

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
    if (!bytes) throw notAPicture();
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
      if (!row) throw imageNotFound();
      const svg = drawInitials(row.id, [row.name]);
      return { contentType: 'image/svg+xml', bytes: Buffer.from(svg), isForever: false };
    }
    const logo = await this.db.logo.findFirst({ where: { id, instanceId: ctx.instanceId } });
    if (!logo) throw imageNotFound();
    const bytes = Buffer.from(logo.bytes);
    const isAsStored = rendition.width === undefined && rendition.height === undefined;
    return {
      contentType: logo.contentType,
      bytes: isAsStored ? bytes : await render(bytes, rendition),
      isForever: true,
    };
  }
}
