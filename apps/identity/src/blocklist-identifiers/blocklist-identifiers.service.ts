import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { readEntry } from '../access-rules/identifier-rules.js';
import { IdentityDb } from '../db.js';
import type { BlocklistIdentifier } from '../generated/prisma/client.js';
import { duplicateBlocklistIdentifier } from './blocklist-identifiers.errors.js';
import type { CreateBlocklistIdentifier } from './blocklist-identifiers.schemas.js';

/** Who may not have an account. The rules themselves: `access-rules/`. */
@Injectable()
export class BlocklistIdentifiersService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clock: Clock,
  ) {}

  /** Blocks an identifier, or all of a domain. @throws `duplicate_record` (400), `form_param_format_invalid` (422) */
  async create(ctx: RequestContext, input: CreateBlocklistIdentifier): Promise<BlocklistIdentifier> {
    const entry = readEntry(input.identifier);
    const id = newId('blocklistIdentifier', this.clock.now());
    return transaction(
      this.db,
      (tx) => tx.blocklistIdentifier.create({ data: { ...entry, id, instanceId: ctx.instanceId } }),
      { taken: { blocklist_identifiers_identifier: () => duplicateBlocklistIdentifier(entry.identifier) } },
    );
  }

  /** The whole list, newest first: the contract has no pages for it. */
  async list({ instanceId }: RequestContext): Promise<BlocklistIdentifier[]> {
    return this.db.blocklistIdentifier.findMany({
      where: { instanceId },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
  }

  /** @throws `resource_not_found` (404) */
  async delete({ instanceId }: RequestContext, id: string): Promise<void> {
    const { count } = await this.db.blocklistIdentifier.deleteMany({ where: { id, instanceId } });
    if (count === 0) throw notFound('blocklist identifier', id);
  }
}
