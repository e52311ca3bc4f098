import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { DueTasks } from '@latchkey/jobs';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { UsersService } from '../users/users.service.js';
import { SessionsService } from './sessions.service.js';

const DEPARTED = 'organization_departed';
/** Sessions in one transaction. */
const BATCH = 1_000;
/** As `BATCH`, where each user must be told that another organization is to be chosen. */
const BATCH_TOLD = 100;

/**
 * Takes a deleted organization out of the sessions in which it is active: of 100 000 members as of two. A batch is done with the
 * event; the rest follows as a due task, a transaction each. Tokens leave it out at once.
 */
@Injectable()
export class OrganizationDeparturesService implements OnModuleInit {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly sessions: SessionsService,
    private readonly instances: InstancesService,
    private readonly users: UsersService,
    private readonly tasks: DueTasks,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.tasks.handle(DEPARTED, async ({ instanceId, subjectId }) => {
      while (await transaction(this.db, (tx) => this.leaveBatch(tx, instanceId, subjectId)));
    });
  }

  /** Call it with the event of the deletion. */
  async leave(tx: Tx, instanceId: string, organizationId: string): Promise<void> {
    const isMore = await this.leaveBatch(tx, instanceId, organizationId);
    if (isMore) await this.tasks.add(tx, { instanceId, kind: DEPARTED, subjectId: organizationId });
  }

  /** Whether there may be more. */
  private async leaveBatch(tx: Tx, instanceId: string, organizationId: string): Promise<boolean> {
    const { organizations } = await this.instances.settings(instanceId);
    const size = organizations.force_organization_selection ? BATCH_TOLD : BATCH;
    const found = await tx.session.findMany({
      where: { instanceId, lastActiveOrganizationId: organizationId },
      select: { id: true, clientId: true, userId: true },
      orderBy: { id: 'asc' },
      take: size,
    });
    const clientIds = [...new Set(found.map(({ clientId }) => clientId))];
    await this.clients.lockAll(tx, clientIds);
    // Whoever has chosen another one meanwhile keeps it.
    await tx.$executeRaw`
      UPDATE sessions SET last_active_organization_id = NULL, updated_at = ${this.clock.now()}
      WHERE instance_id = ${instanceId} AND id = ANY(${found.map(({ id }) => id)})
        AND last_active_organization_id = ${organizationId}`;
    await this.clients.bumpAll(tx, instanceId, clientIds);
    // Elsewhere a session has nothing more to do without an organization than with one.
    if (organizations.force_organization_selection) {
      // In one order, so that two batches never wait for each other.
      const userIds = [...new Set(found.map(({ userId }) => userId))].sort();
      const users = await this.users.inOrder({ instanceId }, userIds, tx);
      for (const user of users) await this.sessions.settle(tx, { instanceId }, user);
    }
    return found.length === size;
  }
}
