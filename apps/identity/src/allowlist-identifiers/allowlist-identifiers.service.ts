import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { slice, type RowPage } from '@latchkey/http';
import { readEntry } from '../access-rules/identifier-rules.js';
import { IdentityDb, type Tx } from '../db.js';
import type { AllowlistIdentifier } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { duplicateAllowlistIdentifier } from './allowlist-identifiers.errors.js';
import type { CreateAllowlistIdentifier, ListAllowlistIdentifiers } from './allowlist-identifiers.schemas.js';

/** Who may have an account. The rules themselves: `access-rules/`. */
@Injectable()
export class AllowlistIdentifiersService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly messages: MessagesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Allows an identifier, or all of a domain; with `notify` its owner is told.
   *
   * @throws `duplicate_record` (400), `form_param_format_invalid` (422)
   */
  async create(ctx: RequestContext, input: CreateAllowlistIdentifier): Promise<AllowlistIdentifier> {
    const entry = readEntry(input.identifier);
    const write = async (tx: Tx) => {
      const id = newId('allowlistIdentifier', this.clock.now());
      const row = await tx.allowlistIdentifier.create({ data: { ...entry, id, instanceId: ctx.instanceId } });
      if (input.notify) await this.tell(tx, ctx, row);
      return row;
    };
    const taken = { allowlist_identifiers_identifier: () => duplicateAllowlistIdentifier(entry.identifier) };
    return transaction(this.db, write, { taken });
  }

  /** Entries, newest first. */
  async list({ instanceId }: RequestContext, input: ListAllowlistIdentifiers): Promise<RowPage<AllowlistIdentifier>> {
    const [rows, total] = await Promise.all([
      this.db.allowlistIdentifier.findMany({
        where: { instanceId },
        ...slice(input),
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      }),
      this.db.allowlistIdentifier.count({ where: { instanceId } }),
    ]);
    return { rows, total };
  }

  /** @throws `resource_not_found` (404) */
  async delete({ instanceId }: RequestContext, id: string): Promise<void> {
    const { count } = await this.db.allowlistIdentifier.deleteMany({ where: { id, instanceId } });
    if (count === 0) throw notFound('allowlist identifier', id);
  }

  /** A whole domain has nobody who could be told. */
  private async tell(tx: Tx, ctx: RequestContext, { identifier, identifierType }: AllowlistIdentifier): Promise<void> {
    const { portalUrl, settings } = await this.instances.require(ctx.instanceId);
    const variables = { action_url: settings.display.sign_up_url || `${portalUrl}/sign-up` };
    if (identifierType === 'phone_number') await this.messages.sendSms(tx, ctx, identifier, 'allowed', variables);
    if (identifierType === 'email_address' && !identifier.includes('*'))
      await this.messages.sendEmail(tx, ctx, identifier, 'allowed', variables);
  }
}
