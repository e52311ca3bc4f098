import { Injectable } from '@nestjs/common';
import { publicEventTypes } from '@latchkey/contracts';
import { WebhooksDb } from '../db.js';
import type { Application } from '../generated/prisma/client.js';
import { groupsOf } from '../messages/messages.queries.js';
import { svixInvalid } from '../svix-api/svix-errors.js';
import { operationalEventTypes } from './event-types.operational.js';

/** The event types of an instance: the built-in ones, and those it has added. */
@Injectable()
export class EventTypesService {
  constructor(private readonly db: WebhooksDb) {}

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
    const own = await this.db.eventTypeEntry.findMany({
      where: { instanceId, isDeleted: false },
      select: { name: true },
    });
    for (const { name } of own) for (const each of [name, ...groupsOf(name)]) known.add(each);
    const missing = unknown.find((name) => !known.has(name));
    if (missing) throw svixInvalid('filterTypes', `There is no event type ${missing}`);
  }
}
