import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ApplicationsService } from '../applications/applications.service.js';
import { WebhooksDb, type Tx } from '../db.js';
import { exampleIn, exampleOf, isBuiltIn } from '../event-types/event-types.catalogue.js';
import type { ExampleIn } from '../event-types/event-types.schemas.js';
import { EventTypesService } from '../event-types/event-types.service.js';
import type { Application, Endpoint, Message } from '../generated/prisma/client.js';
import { svixConflict, svixError, svixInvalid, svixNotFound } from '../svix-api/svix-errors.js';
import { readList, toPrisma, type Slice } from '../svix-api/svix-list.js';
import { expungePayload, groupsOf } from './messages.queries.js';
import type { ListMessages, MessageIn, Precheck } from './messages.schemas.js';
import { MessageSender, PAYLOAD_DAYS } from './messages.sender.js';
import { toMessageJSON, type ShownMessage } from './messages.serializer.js';

const HOUR_MS = 3_600_000;

/** Messages of an application, as its owner sends and reads them. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly db: WebhooksDb,
    private readonly sender: MessageSender,
    private readonly applications: ApplicationsService,
    private readonly eventTypes: EventTypesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends a message to the endpoints that want it.
   *
   * @throws `conflict` (409) when the application has a message with this `eventId`
   */
  async create(ctx: RequestContext, appId: string, input: MessageIn): Promise<ShownMessage> {
    const application = await this.applicationFor(ctx, appId, input);
    this.checkTimes(input);
    const now = this.clock.now().getTime();
    const hours = input.payloadRetentionHours ?? (input.payloadRetentionPeriod ?? PAYLOAD_DAYS) * 24;
    const raw = input.transformationsParams;
    const write = (tx: Tx) =>
      this.sender.send(
        tx,
        { kind: 'application', id: application.id },
        {
          instanceId: ctx.instanceId,
          eventId: input.eventId ?? null,
          eventType: input.eventType,
          channels: input.channels,
          tags: input.tags,
          payload: raw?.rawPayload ?? JSON.stringify(input.payload),
          contentType: raw?.rawPayload === undefined ? null : (raw.headers?.['content-type'] ?? 'application/json'),
          payloadExpiresAt: new Date(now + hours * HOUR_MS),
          deliverAt: input.deliverAt ?? null,
        },
      );
    const { messageId, message } = await transaction(this.db, write);
    if (!messageId) throw svixConflict('A message with this eventId already exists');
    return message;
  }

  /**
   * Sends an example of an event type to one endpoint, whatever the endpoint asks for.
   *
   * @throws `no_example` (400) when the type has none
   */
  async sendExample(ctx: RequestContext, endpoint: Endpoint, input: ExampleIn): Promise<ShownMessage> {
    const { instanceId, applicationId, id } = endpoint;
    if (endpoint.isDisabled) throw svixError(400, 'endpoint_disabled', 'The endpoint is disabled.');
    const type = await this.eventTypes.require(ctx, input.eventType);
    const payload = isBuiltIn(type.name)
      ? exampleOf(type.name, instanceId, this.clock.now())
      : exampleIn(type.schemas, input.exampleIndex ?? 0);
    if (payload === undefined) throw svixError(400, 'no_example', 'The schema of this event type has no example.');
    const audience = { kind: 'application', id: applicationId, onlyTo: id } as const;
    const message = { instanceId, eventType: type.name, payload: JSON.stringify(payload) };
    return (await transaction(this.db, (tx: Tx) => this.sender.send(tx, audience, message))).message;
  }

  /**
   * The message with this id or event id.
   *
   * @throws `not_found` (404)
   */
  async require({ id, instanceId }: Application, idOrEventId: string): Promise<Message> {
    const message = await this.db.message.findFirst({
      where: { instanceId, applicationId: id, OR: [{ id: idOrEventId }, { eventId: idOrEventId }] },
    });
    if (!message) throw svixNotFound();
    return message;
  }

  /** A part of the application's messages, newest first. */
  async list({ id, instanceId }: Application, query: ListMessages) {
    const where = {
      instanceId,
      applicationId: id,
      channels: query.channel === undefined ? undefined : { has: query.channel },
      tags: query.tag === undefined ? undefined : { has: query.tag },
      eventType: query.event_types ? { in: query.event_types } : undefined,
      createdAt: { lt: query.before, gt: query.after },
    };
    const read = (slice: Slice) => this.db.message.findMany({ where, ...toPrisma(slice, 'desc') });
    return readList(
      query,
      read,
      (row) => row.id,
      (row) => toMessageJSON(row, query.with_content),
    );
  }

  /** Removes what the message says. */
  async expunge(application: Application, idOrEventId: string): Promise<void> {
    const { id, instanceId } = await this.require(application, idOrEventId);
    await expungePayload(this.db, instanceId, id);
  }

  /** Whether a message like this would go anywhere. */
  async precheck({ id, instanceId }: Application, { eventType, channels }: Precheck): Promise<boolean> {
    const count = await this.db.endpoint.count({
      where: {
        instanceId,
        applicationId: id,
        isDisabled: false,
        AND: [
          {
            OR: [{ filterTypes: { isEmpty: true } }, { filterTypes: { hasSome: [eventType, ...groupsOf(eventType)] } }],
          },
          { OR: [{ channels: { isEmpty: true } }, { channels: { hasSome: channels } }] },
        ],
      },
    });
    return count > 0;
  }

  private async applicationFor(ctx: RequestContext, appId: string, input: MessageIn): Promise<Application> {
    if (!input.application) return this.applications.require(ctx, appId);
    const found = await this.applications.find(ctx, appId);
    return found ?? (await this.applications.create(ctx, input.application, true)).application;
  }

  private checkTimes(input: MessageIn): void {
    if (input.payloadRetentionHours && input.payloadRetentionPeriod) {
      throw svixInvalid('payloadRetentionHours', 'Give either payloadRetentionHours or payloadRetentionPeriod');
    }
    if (!input.deliverAt) return;
    const ahead = input.deliverAt.getTime() - this.clock.now().getTime();
    if (ahead < 60_000 || ahead > 24 * HOUR_MS) {
      throw svixError(400, 'invalid_deliver_at', 'deliverAt must lie between one minute and 24 hours ahead');
    }
  }
}
