import { Injectable } from '@nestjs/common';
import { publicEventTypes, type RequestContext } from '@latchkey/contracts';
import { transaction } from '@latchkey/db';
import { WebhooksDb, type Tx } from '../db.js';
import { Prisma, type Application } from '../generated/prisma/client.js';
import { groupsOf } from '../messages/messages.queries.js';
import { svixConflict, svixInvalid, svixNotFound } from '../svix-api/svix-errors.js';
import { readList } from '../svix-api/svix-list.js';
import { builtInTypes, type EventTypeView } from './event-types.catalogue.js';
import { operationalEventTypes } from './event-types.operational.js';
import type { EventTypeIn, EventTypePatch, EventTypeUpdate, ListEventTypes } from './event-types.schemas.js';
import { toEventTypeJSON } from './event-types.serializer.js';

/** The event types of an instance: the built-in ones, what it has changed of them, and those it has added. */
@Injectable()
export class EventTypesService {
  constructor(private readonly db: WebhooksDb) {}

  /** A part of the instance's event types, by name. There are few, so they are put together in memory. */
  async list(ctx: RequestContext, query: ListEventTypes) {
    const all = [...(await this.all(ctx.instanceId)).values()].filter(
      (type) => query.include_archived || !type.isArchived,
    );
    all.sort((a, b) => (a.name < b.name ? -1 : 1));
    if (query.order === 'descending') all.reverse();
    return readList(
      query,
      ({ take, after, isBackwards }) => {
        const at = after === undefined ? -1 : all.findIndex(({ name }) => name === after);
        const rest = isBackwards ? all.slice(0, Math.max(0, at)).reverse() : all.slice(at + 1);
        return Promise.resolve(rest.slice(0, take));
      },
      (type) => type.name,
      (type) => toEventTypeJSON(type, query.with_content),
    );
  }

  /**
   * The event type of this name.
   *
   * @throws `not_found` (404)
   */
  async require({ instanceId }: RequestContext, name: string): Promise<EventTypeView> {
    const type = (await this.all(instanceId, name)).get(name);
    if (!type) throw svixNotFound();
    return type;
  }

  /**
   * Adds an event type, or brings an archived or deleted one back.
   *
   * @throws `conflict` (409) when it exists
   */
  async create(ctx: RequestContext, input: EventTypeIn): Promise<EventTypeView> {
    const existing = (await this.all(ctx.instanceId, input.name)).get(input.name);
    if (existing && !existing.isArchived) throw svixConflict('An event type of this name already exists');
    return this.save(ctx, input.name, { ...toView(input), isArchived: input.archived ?? false });
  }

  /** Replaces what an event type says; makes it when there is none. */
  async update(ctx: RequestContext, name: string, input: EventTypeUpdate) {
    const isNew = !(await this.all(ctx.instanceId, name)).has(name);
    return { type: await this.save(ctx, name, toView(input)), isNew };
  }

  /** Changes the named fields. */
  async patch(ctx: RequestContext, name: string, input: EventTypePatch): Promise<EventTypeView> {
    const before = await this.require(ctx, name);
    const given = Object.fromEntries(
      Object.entries(toView({ description: before.description, ...input })).filter(([field]) => isNamed(field, input)),
    );
    return this.save(ctx, name, { ...before, ...given });
  }

  /** Archives an event type; takes it out altogether when asked to. */
  async delete(ctx: RequestContext, name: string, isExpunged: boolean): Promise<void> {
    const before = await this.require(ctx, name);
    await this.save(ctx, name, { ...before, isArchived: true }, isExpunged);
  }

  /**
   * Makes sure that all of `names` are event types, or groups of them, that the application's messages can have.
   *
   * @throws 422 for the first that is not
   */
  async requireAll({ instanceId, kind }: Application, names: readonly string[]): Promise<void> {
    const builtIn = kind === 'operational' ? operationalEventTypes : Object.keys(publicEventTypes);
    const known = new Set(builtIn.flatMap((name) => [name, ...groupsOf(name)]));
    const unknown = names.filter((name) => !known.has(name));
    if (unknown.length === 0) return;
    const own = kind === 'events' ? await this.all(instanceId) : new Map<string, EventTypeView>();
    for (const name of own.keys()) for (const each of [name, ...groupsOf(name)]) known.add(each);
    const missing = unknown.find((name) => !known.has(name));
    if (missing) throw svixInvalid('filterTypes', `There is no event type ${missing}`);
  }

  private async all(instanceId: string, name?: string): Promise<Map<string, EventTypeView>> {
    const types = new Map(name ? [...builtInTypes].filter(([key]) => key === name) : builtInTypes);
    for (const row of await this.db.eventTypeEntry.findMany({ where: { instanceId, name } })) {
      if (row.isDeleted) types.delete(row.name);
      else types.set(row.name, row);
    }
    return types;
  }

  private async save(
    ctx: RequestContext,
    name: string,
    view: Omit<EventTypeView, 'name' | 'createdAt' | 'updatedAt'>,
    isDeleted = false,
  ): Promise<EventTypeView> {
    const { instanceId } = ctx;
    const { description, groupName, featureFlags, isArchived, isDeprecated } = view;
    const schemas = view.schemas === null ? Prisma.DbNull : (view.schemas as Prisma.InputJsonValue);
    const data = { description, groupName, schemas, featureFlags, isArchived, isDeprecated, isDeleted };
    return transaction(this.db, (tx: Tx) =>
      tx.eventTypeEntry.upsert({
        where: { instanceId_name: { instanceId, name }, instanceId },
        create: { instanceId, name, ...data } as Prisma.EventTypeEntryCreateInput,
        update: data,
      }),
    );
  }
}

const toView = (input: EventTypeUpdate) => ({
  description: input.description,
  groupName: input.groupName ?? null,
  schemas: (input.schemas ?? null) as unknown,
  featureFlags: input.featureFlags ?? (input.featureFlag ? [input.featureFlag] : []),
  isArchived: input.archived ?? false,
  isDeprecated: input.deprecated ?? false,
});

/** Whether a caller has named the field of the view, under its own name for it. */
function isNamed(field: string, input: EventTypePatch): boolean {
  const names: Record<string, (keyof EventTypePatch)[]> = {
    featureFlags: ['featureFlag', 'featureFlags'],
    isArchived: ['archived'],
    isDeprecated: ['deprecated'],
  };
  return (names[field] ?? [field as keyof EventTypePatch]).some((name) => input[name] !== undefined);
}
