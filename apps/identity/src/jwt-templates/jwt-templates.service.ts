import { Injectable } from '@nestjs/common';
import type { JsonObject, RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound, randomText, SecretBox } from '@latchkey/core';
import { afterCommit, transaction } from '@latchkey/db';
import { slice, type RowPage } from '@latchkey/http';
import { ReadThrough, SharedState } from '@latchkey/state';
import { IdentityDb, type Tx } from '../db.js';
import type { JwtTemplate } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { SigningKeysService, tokenCategory } from '../instances/signing-keys.service.js';
import { jwtTemplateNameTaken, jwtTemplateReservedClaim, signingKeyInvalid } from './jwt-templates.errors.js';
import type { ListJwtTemplates, WriteJwtTemplate } from './jwt-templates.schemas.js';
import { fillIn, type ShortcodeValues } from './shortcodes.js';
import { canSign, isSigningAlgorithm, signWith } from './template-signing.js';

const LIFETIME_S = 60;
const CLOCK_SKEW_S = 5;
const INSTANCE_ALGORITHM = 'RS256';
/** What every token of a template carries by itself. */
const RESERVED_CLAIMS = ['azp', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sub'];
/** The bound on a cached template's age should its clearing be lost. */
const CACHED_MS = 600_000;
const OUTAGE_MS = 3_600_000;

/** What a token of a template is made for. */
export interface TemplateToken {
  userId: string;
  values: ShortcodeValues;
  origin?: string;
  /** Seconds, when not the template's. */
  lifetime?: number;
}

/** JWT templates: tokens that an instance puts together for other parties. */
@Injectable()
export class JwtTemplatesService {
  private readonly cache: ReadThrough<JwtTemplate>;

  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly signingKeys: SigningKeysService,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    state: SharedState,
  ) {
    this.cache = new ReadThrough(state, {
      name: 'jwt-template',
      ttlMs: CACHED_MS,
      localTtlMs: 0,
      staleOnErrorMs: OUTAGE_MS,
    });
  }

  /** @throws `jwt_template_reserved_claim` (400); `form_already_exists`, `form_param_value_invalid` (422) */
  async create(ctx: RequestContext, input: WriteJwtTemplate): Promise<JwtTemplate> {
    const data = await this.read(input, null);
    const id = newId('jwtTemplate', this.clock.now());
    return this.write(ctx, input.name, (tx) =>
      tx.jwtTemplate.create({ data: { ...data, id, instanceId: ctx.instanceId } }),
    );
  }

  /** @throws what `create` throws; `resource_not_found` (404) */
  async update(ctx: RequestContext, id: string, input: WriteJwtTemplate): Promise<JwtTemplate> {
    const present = await this.require(ctx, id);
    const data = await this.read(input, present);
    return this.write(ctx, present.name, async (tx) => {
      const [updated] = await tx.jwtTemplate.updateManyAndReturn({ where: { id, instanceId: ctx.instanceId }, data });
      if (!updated) throw notFound('JWT template', id);
      return updated;
    });
  }

  /** @throws `resource_not_found` (404) */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    const present = await this.require(ctx, id);
    await this.write(ctx, present.name, async (tx) => {
      const { count } = await tx.jwtTemplate.deleteMany({ where: { id, instanceId: ctx.instanceId } });
      if (count === 0) throw notFound('JWT template', id);
      return present;
    });
  }

  /** @throws `resource_not_found` (404) */
  async require(ctx: RequestContext, id: string): Promise<JwtTemplate> {
    const template = await this.db.jwtTemplate.findUnique({ where: { id, instanceId: ctx.instanceId } });
    if (!template) throw notFound('JWT template', id);
    return template;
  }

  /** Newest first. */
  async list(ctx: RequestContext, page: ListJwtTemplates): Promise<RowPage<JwtTemplate>> {
    const where = { instanceId: ctx.instanceId };
    const [rows, total] = await Promise.all([
      this.db.jwtTemplate.findMany({ where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], ...slice(page) }),
      this.db.jwtTemplate.count({ where }),
    ]);
    return { rows, total };
  }

  /** Signs a token of the template. @throws `resource_not_found` (404) when there is none of this name */
  async mint(ctx: RequestContext, name: string, token: TemplateToken): Promise<string> {
    const template = await this.cache.get(`${ctx.instanceId}:${name}`, () =>
      this.db.jwtTemplate.findFirst({ where: { instanceId: ctx.instanceId, name } }),
    );
    if (!template) throw notFound('JWT template', name);
    const { frontendApi } = await this.instances.require(ctx.instanceId);
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    const claims = {
      ...fillIn(template.claims as JsonObject, token.values),
      ...(token.origin && token.origin !== 'null' ? { azp: token.origin } : {}),
      exp: iat + (token.lifetime ?? template.lifetime),
      iat,
      iss: `https://${frontendApi}`,
      jti: randomText(20),
      nbf: iat - template.allowedClockSkew,
      sub: token.userId,
    };
    const header = { cat: tokenCategory.template };
    return template.signingKey === null
      ? this.signingKeys.sign(ctx.instanceId, claims, header)
      : signWith(template.signingAlgorithm, this.box.open(template.signingKey), claims, header);
  }

  private async write(ctx: RequestContext, name: string, work: (tx: Tx) => Promise<JwtTemplate>): Promise<JwtTemplate> {
    const whole = async (tx: Tx) => {
      const template = await work(tx);
      const keys = [name, template.name].map((each) => `${ctx.instanceId}:${each}`);
      afterCommit(tx, () => this.cache.invalidate(...new Set(keys)));
      return template;
    };
    return transaction(this.db, whole, { taken: { jwt_templates_name: jwtTemplateNameTaken } });
  }

  private async read(input: WriteJwtTemplate, present: JwtTemplate | null) {
    const reserved = RESERVED_CLAIMS.find((claim) => Object.hasOwn(input.claims, claim));
    if (reserved) throw jwtTemplateReservedClaim(reserved);
    return {
      name: input.name,
      claims: input.claims,
      lifetime: input.lifetime ?? present?.lifetime ?? LIFETIME_S,
      allowedClockSkew: input.allowed_clock_skew ?? present?.allowedClockSkew ?? CLOCK_SKEW_S,
      ...(await this.readKey(input, present)),
    };
  }

  private async readKey(input: WriteJwtTemplate, present: JwtTemplate | null) {
    const isCustom = input.custom_signing_key ?? (present ? present.signingKey !== null : false);
    if (!isCustom) return { signingAlgorithm: INSTANCE_ALGORITHM, signingKey: null };
    const algorithm = input.signing_algorithm ?? (present?.signingKey ? present.signingAlgorithm : undefined);
    if (!algorithm || !isSigningAlgorithm(algorithm)) throw signingKeyInvalid('signing_algorithm');
    // The key is never shown, so that whoever changes the claims alone cannot send it along.
    const key = input.signing_key ?? (present?.signingKey ? this.box.open(present.signingKey) : '');
    if (!(await canSign(algorithm, key))) throw signingKeyInvalid('signing_key');
    return { signingAlgorithm: algorithm, signingKey: this.box.seal(key) };
  }
}
