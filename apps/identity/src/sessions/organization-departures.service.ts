import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { afterCommit, transaction } from '@latchkey/db';
import { JobQueue, Sweepers } from '@latchkey/jobs';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { UsersService } from '../users/users.service.js';
import { SessionsService } from './sessions.service.js';

const JOB = 'identity.organization-departures';
const SWEEP_MS = 60_000;
/** Sessions in one transaction. */
const BATCH = 1_000;
/** As `BATCH`, where each user must be told that another organization is to be chosen. */
const BATCH_TOLD = 100;

interface Departed {
  instanceId: string;
  organizationId: string;
}

/**
 * Takes a deleted organization out of the sessions in which it is active: of 100 000 members as of two. A batch is done with the
 * event; the rest follows, a transaction each, and a row says until then that there is more. Tokens leave it out at once.
 */
@Injectable()
export class OrganizationDeparturesService implements OnModuleInit {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly sessions: SessionsService,
    private readonly instances: InstancesService,
    private readonly users: UsersService,
    private readonly jobs: JobQueue,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.process<Departed>(JOB, { concurrency: 2 }, ({ payload }) => this.finish(payload));
    this.sweepers.every('identity.organization-departures', SWEEP_MS, () => this.finishAll());
  }

  /** Call it with the event of the deletion. */
  async leave(tx: Tx, instanceId: string, organizationId: string): Promise<void> {
    const departed = { instanceId, organizationId };
    if (!(await this.leaveBatch(tx, departed))) return;
    await tx.departedOrganization.createMany({ data: [departed], skipDuplicates: true });
    afterCommit(tx, () => this.jobs.add(JOB, organizationId, departed));
  }

  private async finishAll(): Promise<void> {
    const rows = await this.db.$queryRaw<Departed[]>`
      SELECT instance_id AS "instanceId", organization_id AS "organizationId" FROM departed_organizations LIMIT 100`;
    for (const row of rows) await this.finish(row);
  }

  private async finish(departed: Departed): Promise<void> {
    while (await transaction(this.db, (tx) => this.leaveBatch(tx, departed)));
    await this.db.departedOrganization.deleteMany({ where: departed });
  }

  /** Whether there may be more. */
  private async leaveBatch(tx: Tx, { instanceId, organizationId }: Departed): Promise<boolean> {
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
