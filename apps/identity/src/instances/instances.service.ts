import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { InstanceViews, type InstanceInfo, type InstanceSelector, type InstanceView } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { notFound } from '@latchkey/core';
import { afterCommit, aside, transaction } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { ReadThrough, SharedState } from '@latchkey/state';
import { IdentityDb } from '../db.js';
import type { Instance as Row } from '../generated/prisma/client.js';
import { instanceUpdated } from './instances.events.js';
import { InstanceSettings } from './instances.settings.js';
import { cookieSuffix } from './publishable-key.js';
import { SigningKeysService } from './signing-keys.service.js';

/** How long an instance is known while the database is away. */
const OUTAGE_MS = 3_600_000;

/** As it is cached; what an older version has cached knows no accounts host. */
type Stored = Row & { accountsHost?: string | null };

/** An instance with its settings filled in. */
export interface Instance extends Omit<Row, 'settings' | 'environment'> {
  environment: RequestContext['environment'];
  settings: InstanceSettings;
  /** Where the pages of the account portal are, no trailing slash: at a host of their own, or at FAPI's. */
  portalUrl: string;
}

/** Instances: their keys, hosts and settings. Settings are read by nearly every request, so they come from a cache. */
@Injectable()
export class InstancesService {
  private readonly cache: ReadThrough<Stored>;
  private readonly views: InstanceViews;

  constructor(
    private readonly db: IdentityDb,
    private readonly signingKeys: SigningKeysService,
    private readonly outbox: Outbox,
    @Inject(SharedState) state: SharedState,
  ) {
    this.cache = new ReadThrough<Stored>(state, { name: 'instance', ttlMs: 30_000, staleOnErrorMs: OUTAGE_MS });
    this.views = new InstanceViews(state);
  }

  /** @throws `resource_not_found` (404) */
  async require(instanceId: string): Promise<Instance> {
    const row = await this.cache.get(instanceId, () => aside(() => this.read(instanceId)));
    if (!row) throw notFound('instance', instanceId);
    return toInstance(row, settingsOf(row));
  }

  /** The settings of an instance, complete. */
  async settings(instanceId: string): Promise<InstanceSettings> {
    return (await this.require(instanceId)).settings;
  }

  /** Whether test addresses and the test code work: in development, unless it is turned off; in production only when turned on. */
  async isTestMode(ctx: RequestContext): Promise<boolean> {
    const { environment, settings } = await this.require(ctx.instanceId);
    return settings.test_mode ?? environment === 'development';
  }

  /** What the gateway must know of the instance that a host or key leads to; null when none does. */
  async resolve(selector: InstanceSelector): Promise<InstanceInfo | null> {
    const id = await this.findId(selector);
    if (!id) return null;
    const instance = await this.require(id);
    return {
      id,
      environment: instance.environment,
      publishableKey: instance.publishableKey,
      frontendApi: instance.frontendApi,
      fapiUrl: instance.fapiUrl,
      cookieSuffix: cookieSuffix(instance.publishableKey),
      jwks: await this.signingKeys.jwks(id),
      allowedOrigins: instance.settings.allowed_origins,
    };
  }

  /** Makes every replica read the instance anew. Call it after the commit of a change. */
  async forget(instanceId: string): Promise<void> {
    await this.cache.invalidate(instanceId);
    await this.views.changed(instanceId);
  }

  /** What the other services must know of the instance. */
  async view(instanceId: string): Promise<InstanceView> {
    const { id, environment, fapiUrl, settings } = await this.require(instanceId);
    return {
      id,
      environment,
      fapiUrl,
      applicationName: settings.display.application_name,
      isTestMode: settings.test_mode ?? environment === 'development',
      hasEmail: settings.attributes.email_address.enabled,
      organizations: settings.organizations,
    };
  }

  /** Changes settings, at once for every caller; `change` gets a copy of the present ones to work on. */
  async updateSettings(ctx: RequestContext, change: (settings: InstanceSettings) => void): Promise<InstanceSettings> {
    const { instanceId } = ctx;
    return transaction(this.db, async (tx) => {
      // One change at a time: each begins with what the one before has left.
      await tx.$queryRaw`SELECT id FROM instances WHERE id = ${instanceId} FOR UPDATE`;
      const before = settingsOf(await tx.instance.findUniqueOrThrow({ where: { id: instanceId } }));
      const settings = structuredClone(before);
      change(settings);
      if (isDeepStrictEqual(settings, before)) return before;
      await tx.instance.update({ where: { id: instanceId }, data: { settings } });
      await this.outbox.add(tx, instanceUpdated(ctx, before, settings));
      afterCommit(tx, () => this.forget(instanceId));
      return settings;
    });
  }

  private async read(id: string): Promise<Stored | null> {
    const row = await this.db.instance.findUnique({ where: { id } });
    const accounts = await this.db.instanceHost.findFirst({ where: { instanceId: id, kind: 'accounts' } });
    return row && { ...row, accountsHost: accounts?.host ?? null };
  }

  private async findId(selector: InstanceSelector): Promise<string | undefined> {
    if ('host' in selector) {
      return (await this.db.instanceHost.findFirst({ where: { host: selector.host } }))?.instanceId;
    }
    if ('publishable_key' in selector) {
      return (await this.db.instance.findUnique({ where: { publishableKey: selector.publishable_key } }))?.id;
    }
    return (await this.db.secretKey.findFirst({ where: { hash: selector.secret_key_hash, revokedAt: null } }))
      ?.instanceId;
  }
}

/** A stored row with its settings filled in: what an older version did not know has its default. */
function toInstance({ accountsHost, ...row }: Stored, settings: InstanceSettings): Instance {
  return {
    ...row,
    environment: row.environment as Instance['environment'],
    settings,
    portalUrl: accountsHost ? `${new URL(row.fapiUrl).protocol}//${accountsHost}` : row.fapiUrl,
    // From the cache they come as text.
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}

const parsed = new WeakMap<Row, InstanceSettings>();

function settingsOf(row: Row): InstanceSettings {
  let settings = parsed.get(row);
  if (!settings) parsed.set(row, (settings = InstanceSettings.parse(row.settings)));
  return settings;
}
