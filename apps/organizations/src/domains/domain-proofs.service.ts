import { Injectable } from '@nestjs/common';
import { isTestEmail, type RequestContext, TEST_CODE } from '@latchkey/contracts';
import { ApiError, Clock, newCode, randomText, sameSecret, SecretBox } from '@latchkey/core';
import { OrganizationsDb } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { OrganizationDomain } from '../generated/prisma/client.js';
import { MessagesService } from '../messages/messages.service.js';
import { domainCodeLetter } from '../messages/messages.templates.js';
import { CodeLimitsService } from './code-limits.service.js';
import {
  codeIncorrect,
  domainMismatch,
  verificationAlreadyVerified,
  verificationExpired,
  verificationFailed,
  verificationMissing,
} from './domains.errors.js';
import { domainOf } from './domains.names.js';
import { DomainsReader } from './domains.reader.js';
import type { FullDomain } from './domains.serializer.js';
import { DomainsService, verifiedNow } from './domains.service.js';
import { TxtResolver } from './txt-resolver.js';

const CODE_LIFETIME_MS = 10 * 60_000;
const MAX_ATTEMPTS = 3;
const CHALLENGE_LIFETIME_MS = 7 * 86_400_000;

/** Proofs that a domain is an organization's: a code to an address of it, or a record in its zone. */
@Injectable()
export class DomainProofsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly domains: DomainsService,
    private readonly reader: DomainsReader,
    private readonly directory: DirectoryService,
    private readonly resolver: TxtResolver,
    private readonly messages: MessagesService,
    private readonly limits: CodeLimitsService,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /**
   * Mails a code to an address of the domain; an address that the caller has proved before needs none.
   *
   * @throws `organization_domain_mismatch` (422), `verification_already_verified` (400), `resource_not_found` (404),
   * `verification_code_too_many_requests`, `verification_code_rate_limit_exceeded` (429); a test address has no limit
   */
  async prepareAffiliation(
    ctx: RequestContext,
    organizationId: string,
    id: string,
    address: string,
  ): Promise<FullDomain> {
    const [user, instance] = await Promise.all([
      this.directory.requireUser(ctx, ctx.userId!),
      this.directory.instance(ctx),
    ]);
    const isOwn = user.email_addresses.some((row) => row.is_verified && row.email_address === address);
    const isTest = isTestEmail(address) && instance.isTestMode;
    const code = isTest ? TEST_CODE : newCode();
    return this.domains.change(ctx, organizationId, id, async (row, tx) => {
      if (domainOf(address) !== row.name) throw domainMismatch();
      if (row.verifiedName !== null) throw verificationAlreadyVerified();
      const now = this.clock.now();
      if (isOwn) return { affiliationEmailAddress: address, ...verifiedNow(row.name, now) };
      if (!isTest) await this.limits.take(tx, { instanceId: ctx.instanceId, userId: user.id, name: row.name });
      const letter = domainCodeLetter({ domain: row.name, applicationName: instance.applicationName, code });
      await this.messages.send(tx, ctx, instance, { to: address, organizationId: row.organizationId }, letter);
      return {
        affiliationEmailAddress: address,
        affiliationStatus: 'unverified',
        affiliationAttempts: 0,
        affiliationCodeMac: this.box.mac(code),
        affiliationExpireAt: new Date(now.getTime() + CODE_LIFETIME_MS),
      };
    });
  }

  /** @throws `form_code_incorrect` (422), `verification_*` (400), `organization_domain_already_exists` (422), `resource_not_found` (404) */
  async attemptAffiliation(ctx: RequestContext, organizationId: string, id: string, code: string): Promise<FullDomain> {
    const row = await this.reader.require(this.db, ctx, organizationId, id);
    this.requireAttemptable(row);
    // Counted before it is compared, by one conditional UPDATE: callers that race get no more attempts.
    const [counted] = await this.db.organizationDomain.updateManyAndReturn({
      where: {
        id,
        instanceId: ctx.instanceId,
        affiliationStatus: 'unverified',
        affiliationCodeMac: row.affiliationCodeMac,
        affiliationAttempts: { lt: MAX_ATTEMPTS },
      },
      data: { affiliationAttempts: { increment: 1 } },
    });
    if (!counted) throw verificationFailed();
    if (!sameSecret(this.box.mac(code), counted.affiliationCodeMac!)) throw codeIncorrect();
    return this.domains.change(ctx, organizationId, id, (current) => verifiedNow(current.name, this.clock.now()));
  }

  /** Begins a challenge in the domain's zone, in place of an open one. @throws `verification_already_verified` (400), `resource_not_found` (404) */
  prepareOwnership(ctx: RequestContext, organizationId: string, id: string): Promise<FullDomain> {
    return this.domains.change(ctx, organizationId, id, (row) => {
      if (row.ownershipStatus === 'verified') throw verificationAlreadyVerified();
      return {
        ownershipStatus: 'unverified',
        ownershipStrategy: 'txt',
        ownershipAttempts: 0,
        ownershipTxtName: `_latchkey-challenge.${row.name}`,
        ownershipTxtValue: this.box.seal(`latchkey-domain-verification=${randomText(32)}`),
        ownershipExpireAt: new Date(this.clock.now().getTime() + CHALLENGE_LIFETIME_MS),
      };
    });
  }

  /** Looks for the record. Without it the domain stays unverified: zones change slowly, so try again. @throws `verification_*` (400), `resource_not_found` (404) */
  async attemptOwnership(ctx: RequestContext, organizationId: string, id: string): Promise<FullDomain> {
    const row = await this.reader.require(this.db, ctx, organizationId, id);
    if (row.ownershipStatus === 'verified') throw verificationAlreadyVerified();
    if (!row.ownershipTxtName || !row.ownershipTxtValue) throw verificationMissing();
    if (row.ownershipExpireAt && row.ownershipExpireAt <= this.clock.now()) throw verificationExpired();
    const records = await this.resolver.txt(row.ownershipTxtName);
    const isThere = records.includes(this.box.open(row.ownershipTxtValue));
    return this.domains.change(ctx, organizationId, id, (current) => ({
      ownershipAttempts: { increment: 1 },
      // Another challenge may have been begun meanwhile: then this proof is of the old one.
      ...(isThere && current.ownershipTxtValue === row.ownershipTxtValue
        ? {
            ownershipStatus: 'verified',
            ownershipVerifiedAt: this.clock.now(),
            ownershipTxtName: null,
            ownershipTxtValue: null,
          }
        : {}),
    }));
  }

  /** Does something for each domain, and tells of each what went wrong. */
  async each(ids: string[], work: (id: string) => Promise<FullDomain>) {
    const data: FullDomain[] = [];
    const errors: { id: string; code: string }[] = [];
    for (const id of [...new Set(ids)]) {
      try {
        data.push(await work(id));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status >= 500) throw error;
        errors.push({ id, code: error.code });
      }
    }
    return { data, errors };
  }

  private requireAttemptable(row: OrganizationDomain): void {
    if (row.verifiedName !== null) throw verificationAlreadyVerified();
    if (!row.affiliationCodeMac || !row.affiliationExpireAt) throw verificationMissing();
    if (row.affiliationExpireAt <= this.clock.now()) throw verificationExpired();
    if (row.affiliationAttempts >= MAX_ATTEMPTS) throw verificationFailed();
  }
}
