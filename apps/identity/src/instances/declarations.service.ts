import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { Clock, hashSecret, newId, refusal } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import type { JsonObject } from '@latchkey/contracts';
import { log } from '@latchkey/observability';
import { IdentityDb, type Tx } from '../db.js';
import type { Instance } from '../generated/prisma/client.js';
import { takenBack, withDeclared } from './declared-settings.js';
import { instanceUpdated } from './instances.events.js';
import { InstanceSettings } from './instances.settings.js';
import type { Declaration, DeclaredInstance, KeyRotation } from './declarations.schemas.js';
import { InstancesService } from './instances.service.js';
import { publishableKey } from './publishable-key.js';
import { SigningKeysService } from './signing-keys.service.js';

/** The name of keys that come from a declaration: those that leave it are revoked. */
const DECLARED = 'declared';

/** What a declared instance has become. */
export interface AppliedInstance {
  name: string;
  instance_id: string;
  publishable_key: string;
  is_changed: boolean;
}

/** What a rotation has done. */
export interface RotatedKey {
  instance_id: string;
  /** The key that signs within three minutes. */
  kid: string;
  /** When those before it stop to verify. */
  retired_at: number;
}

const DAY_MS = 86_400_000;

/**
 * Brings applications and instances into the state that a configuration declares. Applied twice it changes nothing. What it
 * names wins over what was set through the API; settings that it leaves out stay as they are, hosts and keys that it leaves out go.
 */
@Injectable()
export class DeclarationsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly signingKeys: SigningKeysService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws `form_param_value_conflict` (422) when a host or key belongs to an instance already that is not this one */
  async apply(declaration: Declaration): Promise<AppliedInstance[]> {
    const applied: AppliedInstance[] = [];
    for (const application of declaration.applications) {
      for (const instance of application.instances) applied.push(await this.applyInstance(application.name, instance));
    }
    return applied;
  }

  /** @throws `resource_not_found` (404) when no instance has the name or id */
  async rotateKeys({ instance: name, overlap_days: days }: KeyRotation): Promise<RotatedKey> {
    const instance = await this.db.instance.findFirst({ where: { OR: [{ declaredAs: name }, { id: name }] } });
    if (!instance) throw nobody(name);
    const overlap =
      days === undefined ? this.signingKeys.overlapOf(InstanceSettings.parse(instance.settings)) : days * DAY_MS;
    const { kid, retiredAt } = await this.signingKeys.rotate(instance.id, overlap);
    await this.instances.forget(instance.id);
    log.info({ instance: instance.id, kid, retired_at: retiredAt }, 'new signing key');
    return { instance_id: instance.id, kid, retired_at: retiredAt.getTime() };
  }

  private async applyInstance(applicationName: string, declared: DeclaredInstance): Promise<AppliedInstance> {
    const data = {
      environment: declared.environment,
      frontendApi: declared.frontend_api,
      fapiUrl: declared.fapi_url ?? `https://${declared.frontend_api}`,
      publishableKey: declared.publishable_key ?? publishableKey(declared.environment, declared.frontend_api),
      declaredSettings: declared.settings,
    };
    const work = async (tx: Tx) => {
      // One declaration at a time, also when replicas start together.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(72707371)`;
      const present = await tx.instance.findUnique({ where: { declaredAs: declared.name } });
      const wanted = { ...data, settings: settingsAfter(present, declared) };
      const isSame =
        present !== null &&
        Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(value, present[key as keyof typeof wanted]));
      const row = isSame
        ? present
        : present
          ? await tx.instance.update({ where: { id: present.id }, data: wanted })
          : await tx.instance.create({
              data: {
                ...wanted,
                id: newId('instance', this.clock.now()),
                declaredAs: declared.name,
                applicationId: await this.applicationId(tx, applicationName),
              },
            });
      if (!present) await this.signingKeys.create(tx, row.id);
      else if (!isSame) {
        const before = InstanceSettings.parse(present.settings);
        await this.outbox.add(tx, instanceUpdated({ instanceId: row.id }, before, wanted.settings));
      }
      const hosts = await this.applyHosts(tx, row.id, declared);
      const keys = await this.applySecretKeys(tx, row.id, declared.secret_keys);
      return { row, isChanged: !isSame || hosts || keys };
    };
    const conflict = () => declarationConflict(declared.name);
    const taken = {
      instances_publishable_key: conflict,
      instances_frontend_api: conflict,
      instance_hosts_pkey: conflict,
      secret_keys_hash: conflict,
    };
    const { row, isChanged } = await transaction(this.db, work, { taken });
    if (isChanged) await this.instances.forget(row.id);
    return { name: declared.name, instance_id: row.id, publishable_key: row.publishableKey, is_changed: isChanged };
  }

  private async applicationId(tx: Tx, name: string): Promise<string> {
    const known = await tx.application.findFirst({ where: { name } });
    return (
      known?.id ?? (await tx.application.create({ data: { id: newId('application', this.clock.now()), name } })).id
    );
  }

  private async applyHosts(tx: Tx, instanceId: string, declared: DeclaredInstance): Promise<boolean> {
    const wanted = new Map([declared.frontend_api.split('/')[0]!, ...declared.hosts].map((host) => [host, 'fapi']));
    if (declared.accounts_host) wanted.set(declared.accounts_host, 'accounts');
    const present = await tx.instanceHost.findMany({ where: { instanceId } });
    const stale = present.filter((row) => wanted.get(row.host) !== row.kind).map((row) => row.host);
    const missing = [...wanted].filter(
      ([host, kind]) => !present.some((row) => row.host === host && row.kind === kind),
    );
    if (stale.length) await tx.instanceHost.deleteMany({ where: { instanceId, host: { in: stale } } });
    if (missing.length)
      await tx.instanceHost.createMany({ data: missing.map(([host, kind]) => ({ host, kind, instanceId })) });
    return stale.length > 0 || missing.length > 0;
  }

  private async applySecretKeys(tx: Tx, instanceId: string, keys: string[]): Promise<boolean> {
    const now = this.clock.now();
    const hashes = keys.map(hashSecret);
    const present = await tx.secretKey.findMany({ where: { instanceId, revokedAt: null } });
    const missing = hashes.filter((hash) => !present.some((row) => row.hash === hash));
    for (const hash of missing) {
      // A key that was revoked is nobody's any more.
      const { count } = await tx.secretKey.updateMany({
        where: { hash, revokedAt: { not: null } },
        data: { instanceId, name: DECLARED, revokedAt: null },
      });
      if (count === 0)
        await tx.secretKey.create({ data: { id: newId('secretKey', now), instanceId, name: DECLARED, hash } });
    }
    const revoked = await tx.secretKey.updateMany({
      where: { instanceId, name: DECLARED, revokedAt: null, hash: { notIn: hashes } },
      data: { revokedAt: now },
    });
    return missing.length > 0 || revoked.count > 0;
  }
}

function settingsAfter(present: Instance | null, { name, settings }: DeclaredInstance): InstanceSettings {
  if (!present) return InstanceSettings.parse(settings);
  const now = InstanceSettings.parse(present.settings);
  // Before declarations were remembered they were all that settings could come from.
  const before = (present.declaredSettings ?? now) as JsonObject;
  const lost = takenBack(now, before, settings);
  if (lost.length) log.warn({ instance: name, settings: lost }, 'the declaration takes back what the API has changed');
  return withDeclared(now, before, settings);
}

const nobody = (name: string) =>
  refusal(404, 'resource_not_found', 'not found', `No instance is declared as ${name}, and none has that id.`);

const declarationConflict = (name: string) =>
  refusal(
    422,
    'form_param_value_conflict',
    'belongs to another instance',
    `The instance ${name} declares a host or key that another instance has already.`,
    { param_name: name },
  );
