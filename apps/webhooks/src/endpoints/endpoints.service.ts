import { Inject, Injectable } from '@nestjs/common';
import { Clock, newId, SecretBox } from '@latchkey/core';
import { afterCommit, transaction } from '@latchkey/db';
import { TargetGuard, TargetRefused } from '@latchkey/http';
import { rateOf } from '../applications/applications.schemas.js';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../config.js';
import { WebhooksDb, type Tx } from '../db.js';
import { openHeaders, sealHeaders } from '../deliveries/deliveries.headers.js';
import { newSigningSecret } from '../deliveries/deliveries.signature.js';
import { cancelPending, STATUS } from '../deliveries/deliveries.queries.js';
import { DeliveryTargets } from '../deliveries/deliveries.targets.js';
import { EventTypesService } from '../event-types/event-types.service.js';
import type { Application, Endpoint, Prisma } from '../generated/prisma/client.js';
import { Operational } from '../operational/operational.service.js';
import { svixConflict, svixInvalid, svixNotFound } from '../svix-api/svix-errors.js';
import { readList, toPrisma, type SvixList } from '../svix-api/svix-list.js';
import { toEndpointJSON, type EndpointJSON } from './endpoints.serializer.js';
import {
  GRACE_SECONDS,
  type EndpointIn,
  type EndpointPatch,
  type EndpointUpdate,
  type ListEndpoints,
  type RotateSecret,
  type StatsQuery,
} from './endpoints.schemas.js';

const taken = { endpoints_one_uid: () => svixConflict() };

/** Endpoints of an application, their secrets and headers. */
@Injectable()
export class EndpointsService {
  private readonly guard: TargetGuard;

  constructor(
    private readonly db: WebhooksDb,
    private readonly box: SecretBox,
    private readonly eventTypes: EventTypesService,
    private readonly operational: Operational,
    private readonly targets: DeliveryTargets,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_CONFIG) config: WebhooksConfig,
  ) {
    this.guard = new TargetGuard(config.WEBHOOKS_ALLOWED_TARGETS);
  }

  /**
   * The endpoint with this id or uid.
   *
   * @throws `not_found` (404)
   */
  async require({ id, instanceId }: Application, idOrUid: string): Promise<Endpoint> {
    const endpoint = await this.db.endpoint.findFirst({
      where: { instanceId, applicationId: id, OR: [{ id: idOrUid }, { uid: idOrUid }] },
    });
    if (!endpoint) throw svixNotFound();
    return endpoint;
  }

  /** A part of the application's endpoints. */
  async list({ id, instanceId }: Application, query: ListEndpoints): Promise<SvixList<EndpointJSON>> {
    const where = { instanceId, applicationId: id };
    const order = query.order === 'descending' ? 'desc' : 'asc';
    const read = (slice: Parameters<typeof toPrisma>[0]) =>
      this.db.endpoint.findMany({ where, ...toPrisma(slice, order) });
    return readList(query, read, (row) => row.id, toEndpointJSON);
  }

  /**
   * Adds an endpoint. From the next event on it gets what it asks for.
   *
   * @throws `conflict` (409) when the uid is taken; 422 when an event type does not exist, or the URL can never be called
   */
  async create(application: Application, input: EndpointIn): Promise<Endpoint> {
    this.checkUrl(input.url);
    await this.eventTypes.requireAll(application, input.filterTypes ?? []);
    const data = {
      id: newId('endpoint', this.clock.now()),
      instanceId: application.instanceId,
      applicationId: application.id,
      ...sealHeaders(this.box, input.headers),
      ...toRow(input),
    } as Prisma.EndpointUncheckedCreateInput;
    const write = async (tx: Tx) => {
      const endpoint = await tx.endpoint.create({ data });
      await this.addSecret(tx, endpoint, input.secret ?? newSigningSecret());
      await this.tell(tx, application, endpoint, 'endpoint.created');
      return endpoint;
    };
    return transaction(this.db, write, { taken });
  }

  /** Replaces what the caller has set; secret and headers stay. */
  async update(application: Application, idOrUid: string, input: EndpointUpdate): Promise<Endpoint> {
    this.checkUrl(input.url);
    await this.eventTypes.requireAll(application, input.filterTypes ?? []);
    return this.change(application, idOrUid, () => toRow(input));
  }

  /** Changes the named fields. */
  async patch(application: Application, idOrUid: string, input: EndpointPatch): Promise<Endpoint> {
    if (input.url) this.checkUrl(input.url);
    await this.eventTypes.requireAll(application, input.filterTypes ?? []);
    const { filterTypes, channels } = input;
    const data: EndpointData = {
      url: input.url,
      description: input.description,
      version: input.version,
      isDisabled: input.disabled,
      filterTypes: filterTypes === undefined ? undefined : (filterTypes ?? []),
      channels: channels === undefined ? undefined : (channels ?? []),
      metadata: input.metadata,
      uid: input.uid,
      throttleRate: rateOf(input),
    };
    return this.change(application, idOrUid, () => data, input.secret ?? undefined);
  }

  /** Removes an endpoint. What still waits for it is not sent. */
  async delete(application: Application, idOrUid: string): Promise<void> {
    const endpoint = await this.require(application, idOrUid);
    const { id, instanceId } = endpoint;
    await transaction(this.db, async (tx: Tx) => {
      const { count } = await tx.endpoint.deleteMany({ where: { id, instanceId } });
      if (count === 0) throw svixNotFound();
      await cancelPending(tx, instanceId, id);
      await this.tell(tx, application, endpoint, 'endpoint.deleted');
      afterCommit(tx, () => this.targets.forget(id));
    });
  }

  /** The secret that messages are signed with. */
  async secret(application: Application, idOrUid: string): Promise<string> {
    const { id, instanceId } = await this.require(application, idOrUid);
    const row = await this.db.endpointSecret.findFirstOrThrow({
      where: { endpointId: id, instanceId, expiresAt: null },
    });
    return this.box.open(row.sealed);
  }

  /** Signs with a new secret from now on, and with the old one beside it until the grace period ends. */
  async rotateSecret(application: Application, idOrUid: string, input: RotateSecret): Promise<void> {
    const { id, instanceId } = await this.require(application, idOrUid);
    await transaction(this.db, async (tx: Tx) => {
      const endpoint = await this.lock(tx, instanceId, id);
      await this.replaceSecret(tx, endpoint, input.key ?? newSigningSecret(), input.gracePeriodSeconds);
      afterCommit(tx, () => this.targets.forget(id));
    });
  }

  /** The headers that go with every message. */
  async headers(application: Application, idOrUid: string): Promise<Record<string, string>> {
    return openHeaders(this.box, await this.require(application, idOrUid));
  }

  /** Sets the headers that go with every message. */
  async setHeaders(application: Application, idOrUid: string, headers: Record<string, string>): Promise<void> {
    await this.change(application, idOrUid, () => sealHeaders(this.box, headers));
  }

  /** Adds and removes single headers. */
  async patchHeaders(
    application: Application,
    idOrUid: string,
    { headers, deleteHeaders = [] }: { headers: Record<string, string>; deleteHeaders?: string[] },
  ): Promise<void> {
    const removed = new Set([...deleteHeaders, ...Object.keys(headers)].map((name) => name.toLowerCase()));
    await this.change(application, idOrUid, (endpoint) => {
      const kept = Object.entries(openHeaders(this.box, endpoint)).filter(([name]) => !removed.has(name.toLowerCase()));
      return sealHeaders(this.box, { ...Object.fromEntries(kept), ...headers });
    });
  }

  /** How many messages to the endpoint are in which state. */
  async stats(application: Application, idOrUid: string, { since, until }: StatsQuery) {
    const { id, instanceId } = await this.require(application, idOrUid);
    const groups = await this.db.delivery.groupBy({
      by: ['status'],
      where: { instanceId, endpointId: id, createdAt: { gte: since, lt: until } },
      _count: true,
    });
    const of = (status: number) => groups.find((group) => group.status === status)?._count ?? 0;
    return {
      success: of(STATUS.success),
      pending: of(STATUS.pending),
      sending: of(STATUS.sending),
      fail: of(STATUS.fail),
      canceled: of(STATUS.canceled),
    };
  }

  private checkUrl(url: string): void {
    try {
      this.guard.check(url);
    } catch (error) {
      if (error instanceof TargetRefused) throw svixInvalid('url', `${error.message}.`);
      throw error;
    }
  }

  private async addSecret(tx: Tx, { id, instanceId }: Endpoint, plain: string): Promise<void> {
    const now = this.clock.now();
    const data = { id: newId('endpointSecret', now), instanceId, endpointId: id, sealed: this.box.seal(plain) };
    await tx.endpointSecret.create({ data: data as Prisma.EndpointSecretUncheckedCreateInput });
  }

  /** Ends the current secret after the grace period and makes another the current one. The endpoint's row must be locked. */
  private async replaceSecret(tx: Tx, endpoint: Endpoint, plain: string, graceSeconds: number): Promise<void> {
    const { id, instanceId } = endpoint;
    const expiresAt = new Date(this.clock.now().getTime() + graceSeconds * 1000);
    await tx.endpointSecret.updateMany({ where: { endpointId: id, instanceId, expiresAt: null }, data: { expiresAt } });
    await this.addSecret(tx, endpoint, plain);
  }

  /** The endpoint's row, in a new revision and locked: of two changes at once the second sees what the first has made of it. */
  private async lock(tx: Tx, instanceId: string, id: string): Promise<Endpoint> {
    const data = { revision: { increment: 1 } };
    const [endpoint] = await tx.endpoint.updateManyAndReturn({ where: { id, instanceId }, data });
    if (!endpoint) throw svixNotFound();
    return endpoint;
  }

  /** Changes what `changes` says of the endpoint as it is, and its secret when one is given. */
  private async change(
    application: Application,
    idOrUid: string,
    changes: (before: Endpoint) => EndpointData,
    secret?: string,
  ): Promise<Endpoint> {
    const { id, instanceId } = await this.require(application, idOrUid);
    const write = async (tx: Tx) => {
      const before = await this.lock(tx, instanceId, id);
      const data = changes(before);
      const isEnabled = before.isDisabled && data.isDisabled === false;
      const isDisabled = !before.isDisabled && data.isDisabled === true;
      // Whoever enables it again starts a new count of failures.
      const health = isEnabled ? { firstFailureAt: null, failingSince: null } : {};
      const endpoint = await tx.endpoint.update({ where: { id, instanceId }, data: { ...data, ...health } });
      if (secret) await this.replaceSecret(tx, endpoint, secret, GRACE_SECONDS);
      if (isDisabled) await cancelPending(tx, instanceId, id);
      await this.tell(tx, application, endpoint, 'endpoint.updated');
      if (isEnabled) await this.tell(tx, application, endpoint, 'endpoint.enabled');
      if (isDisabled) await this.tell(tx, application, endpoint, 'endpoint.disabled', { trigger: 'manual' });
      afterCommit(tx, () => this.targets.forget(id));
      return endpoint;
    };
    return transaction(this.db, write, { taken });
  }

  private async tell(
    tx: Tx,
    application: Application,
    endpoint: Endpoint,
    type: string,
    more: object = {},
  ): Promise<void> {
    // Operational endpoints do not tell of themselves.
    if (application.kind !== 'events') return;
    const data = { appId: application.id, appUid: application.uid, endpointId: endpoint.id, endpointUid: endpoint.uid };
    await this.operational.tell(tx, endpoint.instanceId, type, { ...data, ...more });
  }
}

interface EndpointData {
  url?: string;
  description?: string;
  version?: number;
  isDisabled?: boolean;
  filterTypes?: string[];
  channels?: string[];
  metadata?: Record<string, string>;
  headers?: object;
  sealedHeaders?: string;
  uid?: string | null;
  throttleRate?: number | null;
}

const toRow = (input: EndpointUpdate): EndpointData => ({
  url: input.url,
  description: input.description,
  version: input.version,
  isDisabled: input.disabled,
  filterTypes: input.filterTypes ?? [],
  channels: input.channels ?? [],
  metadata: input.metadata,
  uid: input.uid ?? null,
  throttleRate: rateOf(input) ?? null,
});
