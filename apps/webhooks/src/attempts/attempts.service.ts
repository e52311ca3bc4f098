import { Injectable } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { WebhooksDb } from '../db.js';
import { DeliveryWorker } from '../deliveries/deliveries.worker.js';
import { EndpointsService } from '../endpoints/endpoints.service.js';
import type { Application } from '../generated/prisma/client.js';
import { MessagesService } from '../messages/messages.service.js';
import { svixBadRequest, svixNotFound } from '../svix-api/svix-errors.js';
import { readList, type ListRequest } from '../svix-api/svix-list.js';
import {
  expungeResponse,
  listAttemptedMessages,
  listAttempts,
  resend,
  type AttemptFilter,
  type AttemptRow,
} from './attempts.queries.js';
import type { ListAttemptedMessages, ListByEndpoint, ListByMessage, ListDestinations } from './attempts.schemas.js';
import { toAttemptedMessageJSON, toAttemptJSON, toDestinationJSON } from './attempts.serializer.js';

/** What was tried, and trying again. */
@Injectable()
export class AttemptsService {
  constructor(
    private readonly db: WebhooksDb,
    private readonly endpoints: EndpointsService,
    private readonly messages: MessagesService,
    private readonly deliveries: DeliveryWorker,
    private readonly clock: Clock,
  ) {}

  /** Attempts to an endpoint, newest first. */
  async listByEndpoint(application: Application, endpointId: string, query: ListByEndpoint) {
    const { id, instanceId } = await this.endpoints.require(application, endpointId);
    const options = {
      isExpanded: query.expanded_statuses,
      withContent: query.with_content,
      withMessage: query.with_msg,
    };
    return this.list(instanceId, { ...filterOf(query), endpointId: id }, query, options);
  }

  /** Attempts of a message, newest first. */
  async listByMessage(application: Application, messageId: string, query: ListByMessage) {
    const { id, instanceId } = await this.messages.require(application, messageId);
    const endpoint = query.endpoint_id ? await this.endpoints.require(application, query.endpoint_id) : undefined;
    const options = { isExpanded: query.expanded_statuses, withContent: query.with_content, withMessage: false };
    return this.list(instanceId, { ...filterOf(query), messageId: id, endpointId: endpoint?.id }, query, options);
  }

  /** Messages to an endpoint, each with the state of its delivery, newest first. */
  async listMessages(application: Application, endpointId: string, query: ListAttemptedMessages) {
    const { id, instanceId } = await this.endpoints.require(application, endpointId);
    const filter = { ...filterOf(query), endpointId: id };
    return readList(
      query,
      (slice) => listAttemptedMessages(this.db, instanceId, filter, slice),
      (row) => row.id,
      (row) => toAttemptedMessageJSON(row, query.expanded_statuses, query.with_content),
    );
  }

  /** Endpoints that a message was to go to, each with the state of the delivery. */
  async listDestinations(application: Application, messageId: string, query: ListDestinations) {
    const { id, instanceId } = await this.messages.require(application, messageId);
    const deliveries = await this.db.delivery.findMany({ where: { instanceId, messageId: id } });
    const endpoints = await this.db.endpoint.findMany({
      where: { instanceId, id: { in: deliveries.map(({ endpointId }) => endpointId) } },
      orderBy: { id: 'asc' },
    });
    const items = endpoints.map((endpoint) =>
      toDestinationJSON(
        endpoint,
        deliveries.find(({ endpointId }) => endpointId === endpoint.id)!,
      ),
    );
    return readList(
      query,
      ({ take, after = '', isBackwards }) => {
        const rest = isBackwards
          ? items.filter((item) => item.id < after).reverse()
          : items.filter((item) => item.id > after);
        return Promise.resolve(rest.slice(0, take));
      },
      (item) => item.id,
      (item) => item,
    );
  }

  /**
   * One attempt.
   *
   * @throws `not_found` (404)
   */
  async require(application: Application, messageId: string, attemptId: string): Promise<AttemptRow> {
    const { id, instanceId } = await this.messages.require(application, messageId);
    const row = await this.db.attempt.findUnique({ where: { id: attemptId, instanceId, messageId: id } });
    if (!row) throw svixNotFound();
    return { ...row, message: null };
  }

  /** Removes what the receiver has answered. */
  async expunge(application: Application, messageId: string, attemptId: string): Promise<void> {
    const { id, instanceId } = await this.messages.require(application, messageId);
    if ((await expungeResponse(this.db, instanceId, id, attemptId)) === 0) throw svixNotFound();
  }

  /** Sends a message to an endpoint again, under the same id, with a schedule of its own. */
  async resend(application: Application, messageId: string, endpointId: string): Promise<void> {
    const message = await this.messages.require(application, messageId);
    const endpoint = await this.endpoints.require(application, endpointId);
    if (endpoint.isDisabled) throw svixBadRequest('endpoint_disabled', 'The endpoint is disabled.');
    if (message.payload === null) throw svixBadRequest('missing_payload', 'The payload of this message is gone.');
    await resend(this.db, message, endpoint.id, this.clock.now());
    this.deliveries.wake();
  }

  private list(
    instanceId: string,
    filter: AttemptFilter,
    request: ListRequest,
    options: Parameters<typeof toAttemptJSON>[1],
  ) {
    return readList(
      request,
      (slice) => listAttempts(this.db, instanceId, filter, slice),
      (row) => row.id,
      (row) => toAttemptJSON(row, options),
    );
  }
}

const filterOf = (query: ListAttemptedMessages & { status_code_class?: number }): AttemptFilter => ({
  status: query.status,
  statusCodeClass: query.status_code_class,
  channel: query.channel,
  tag: query.tag,
  eventTypes: query.event_types,
  before: query.before,
  after: query.after,
});
