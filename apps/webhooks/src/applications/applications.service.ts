import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { STATUS } from '../deliveries/deliveries.queries.js';
import { WebhooksDb, type Tx } from '../db.js';
import type { Application, Prisma } from '../generated/prisma/client.js';
import { svixConflict, svixInvalid, svixNotFound } from '../svix-api/svix-errors.js';
import { readList, toPrisma, type SvixList } from '../svix-api/svix-list.js';
import { toApplicationJSON, type ApplicationJSON } from './applications.serializer.js';
import { rateOf, type ApplicationIn, type ApplicationPatch, type ListApplications } from './applications.schemas.js';

const taken = { applications_one_uid: () => svixConflict() };

/**
 * The applications of an instance. The one whose uid is the instance's id gets the instance's events; it comes into being
 * when it is first needed. Others get only what is sent to them through the API.
 */
@Injectable()
export class ApplicationsService {
  constructor(
    private readonly db: WebhooksDb,
    private readonly clock: Clock,
  ) {}

  /** The application that gets the instance's events, made when there is none. */
  async ensure(tx: Tx, instanceId: string): Promise<Application> {
    const data = { id: newId('application', this.clock.now()), instanceId, uid: instanceId, name: instanceId };
    await tx.application.createMany({ data: [data as Prisma.ApplicationCreateManyInput], skipDuplicates: true });
    return tx.application.findUniqueOrThrow({ where: { instanceId_uid: { instanceId, uid: instanceId }, instanceId } });
  }

  /** The application that hears of the delivery itself, made when there is none. */
  async operational({ instanceId }: RequestContext): Promise<Application> {
    const kind = 'operational';
    const data = { id: newId('application', this.clock.now()), instanceId, kind, name: kind };
    await this.db.application.createMany({ data: [data as Prisma.ApplicationCreateManyInput], skipDuplicates: true });
    return this.db.application.findFirstOrThrow({ where: { instanceId, kind } });
  }

  /**
   * The application with this id or uid.
   *
   * @throws `not_found` (404)
   */
  async require(ctx: RequestContext, idOrUid: string): Promise<Application> {
    const application = await this.find(ctx, idOrUid);
    if (!application) throw svixNotFound();
    return application;
  }

  /** The application with this id or uid, or null. */
  async find({ instanceId }: RequestContext, idOrUid: string): Promise<Application | null> {
    const application = await this.db.application.findFirst({
      where: { instanceId, kind: 'events', OR: [{ id: idOrUid }, { uid: idOrUid }] },
    });
    return application ?? (idOrUid === instanceId ? this.ensure(this.db, instanceId) : null);
  }

  /** The ids of the instance's applications, at most 100 of them. */
  async ids({ instanceId }: RequestContext): Promise<string[]> {
    const rows = await this.db.application.findMany({
      where: { instanceId, kind: 'events' },
      select: { id: true },
      take: 100,
    });
    return rows.map(({ id }) => id);
  }

  /**
   * Makes an application; gives the one with the same uid instead when the caller asks for that.
   *
   * @throws `conflict` (409) when the uid is taken
   */
  async create(ctx: RequestContext, input: ApplicationIn, getIfExists: boolean) {
    const { instanceId } = ctx;
    const uid = input.uid ?? null;
    const find = () =>
      this.db.application.findUnique({ where: { instanceId_uid: { instanceId, uid: uid! }, instanceId } });
    const existing = getIfExists && uid !== null ? await find() : null;
    if (existing) return { application: existing, isNew: false };
    const data = {
      id: newId('application', this.clock.now()),
      instanceId,
      uid,
      name: input.name,
      metadata: input.metadata,
      throttleRate: rateOf(input) ?? null,
    } as Prisma.ApplicationCreateInput;
    const application = await transaction(this.db, (tx: Tx) => tx.application.create({ data }), { taken });
    return { application, isNew: true };
  }

  /** A part of the instance's applications. */
  async list(ctx: RequestContext, query: ListApplications): Promise<SvixList<ApplicationJSON>> {
    const endpoints: Prisma.EndpointListRelationFilter | undefined = query.exclude_apps_with_disabled_endpoints
      ? { some: {}, none: { isDisabled: true } }
      : query.exclude_apps_with_no_endpoints
        ? { some: {} }
        : undefined;
    const where = { instanceId: ctx.instanceId, kind: 'events', endpoints };
    const order = query.order === 'descending' ? 'desc' : 'asc';
    return readList(
      query,
      (slice) => this.db.application.findMany({ where, ...toPrisma(slice, order) }),
      (row) => row.id,
      toApplicationJSON,
    );
  }

  /** Replaces what the caller has set. */
  async update(ctx: RequestContext, idOrUid: string, input: ApplicationIn): Promise<Application> {
    const { name, metadata } = input;
    return this.change(ctx, idOrUid, { name, metadata, uid: input.uid ?? null, throttleRate: rateOf(input) ?? null });
  }

  /** Changes the named fields. */
  async patch(ctx: RequestContext, idOrUid: string, input: ApplicationPatch): Promise<Application> {
    const { name, metadata, uid } = input;
    return this.change(ctx, idOrUid, { name, metadata, uid, throttleRate: rateOf(input) });
  }

  /** Removes an application with its endpoints. What still waits for them is not sent. */
  async delete(ctx: RequestContext, idOrUid: string): Promise<void> {
    const { id, instanceId } = await this.require(ctx, idOrUid);
    await this.remove(instanceId, id);
  }

  /** See `delete`. */
  async remove(instanceId: string, id: string): Promise<void> {
    await transaction(this.db, async (tx: Tx) => {
      await tx.application.deleteMany({ where: { id, instanceId } });
      await tx.$executeRaw`
        UPDATE deliveries SET next_attempt_at = NULL, status = ${STATUS.canceled}::int
        WHERE instance_id = ${instanceId} AND application_id = ${id} AND next_attempt_at IS NOT NULL`;
    });
  }

  private async change(
    ctx: RequestContext,
    idOrUid: string,
    data: { name?: string; metadata?: Record<string, string>; uid?: string | null; throttleRate?: number | null },
  ): Promise<Application> {
    const { id, uid, instanceId } = await this.require(ctx, idOrUid);
    // The link between the instance's events and their application.
    if (uid === instanceId && data.uid && data.uid !== uid)
      throw svixInvalid('uid', 'The uid of this application is fixed');
    if (uid === instanceId) delete data.uid;
    const write = async (tx: Tx) => {
      const application = await tx.application.update({ where: { id, instanceId }, data });
      if (data.throttleRate !== undefined) {
        // So that senders read it anew.
        await tx.$executeRaw`
          UPDATE endpoints SET revision = revision + 1 WHERE application_id = ${id} AND instance_id = ${instanceId}`;
      }
      return application;
    };
    return transaction(this.db, write, { taken });
  }
}
