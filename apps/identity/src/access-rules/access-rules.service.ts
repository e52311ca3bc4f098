import { Injectable } from '@nestjs/common';
import { Prisma } from '../generated/prisma/client.js';
import { IdentityDb } from '../db.js';
import { requireSmsCountry } from '../messages/sms-countries.js';
import { InstancesService } from '../instances/instances.service.js';
import { emailAddressBlocked, notAllowedAccess } from './access-rules.errors.js';
import { isDisposable } from './disposable-domains.js';
import { emailBase } from './email-bases.js';
import { entriesBlocking, entriesCovering } from './identifier-rules.js';

/** Identifiers that somebody wants to have, or to come in with. */
export interface WantedIdentifiers {
  emailAddress?: string | null;
  phoneNumber?: string | null;
}

/** Who may have an account: allow-list, block-list and the rules about mail addresses (`compat/behaviours-auth.md` 18). */
@Injectable()
export class AccessRulesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
  ) {}

  /**
   * Makes sure that somebody may get these identifiers, at sign-up and when they add one later.
   *
   * @throws `not_allowed_access`, `form_email_address_blocked`, `unsupported_country_code` (403)
   */
  async requireAllowed(instanceId: string, wanted: WantedIdentifiers): Promise<void> {
    const settings = await this.instances.settings(instanceId);
    const { restrictions } = settings;
    await this.requireListed(instanceId, wanted);
    const { emailAddress, phoneNumber } = wanted;
    if (phoneNumber) requireSmsCountry(settings, phoneNumber);
    if (!emailAddress) return;
    if (restrictions.block_disposable_email_domains.enabled && isDisposable(emailAddress)) throw emailAddressBlocked();
    if (
      restrictions.block_email_subaddresses.enabled &&
      (await this.isMailboxTaken(instanceId, emailAddress, restrictions.ignore_dots_for_gmail_addresses.enabled))
    )
      throw notAllowedAccess([emailAddress]);
  }

  /** As much of it as older instances also ask of who signs in. @throws `not_allowed_access` (403) */
  async requireAllowedSignIn(instanceId: string, wanted: WantedIdentifiers): Promise<void> {
    const { restrictions } = await this.instances.settings(instanceId);
    if (!restrictions.allowlist_blocklist_disabled_on_sign_in.enabled) await this.requireListed(instanceId, wanted);
  }

  private async requireListed(instanceId: string, { emailAddress, phoneNumber }: WantedIdentifiers): Promise<void> {
    const { restrictions, sign_up } = await this.instances.settings(instanceId);
    const identifiers = [emailAddress, phoneNumber].filter((text) => text != null);
    if (identifiers.length === 0) return;
    const isAllowed = restrictions.allowlist.enabled && (await this.isOnAllowlist(instanceId, identifiers));
    // The allow-list is for instances that are open otherwise; on both lists, it wins.
    if (restrictions.allowlist.enabled && sign_up.mode === 'public' && !isAllowed) throw notAllowedAccess(identifiers);
    if (restrictions.blocklist.enabled && !isAllowed && (await this.isOnBlocklist(instanceId, identifiers)))
      throw notAllowedAccess(identifiers);
  }

  private async isOnAllowlist(instanceId: string, identifiers: string[]): Promise<boolean> {
    const entries = identifiers.flatMap((text) => (text.includes('@') ? entriesCovering(text) : [text]));
    return (await this.db.allowlistIdentifier.count({ where: { instanceId, identifier: { in: entries } } })) > 0;
  }

  private async isOnBlocklist(instanceId: string, identifiers: string[]): Promise<boolean> {
    const entries = identifiers.flatMap((text) => (text.includes('@') ? entriesBlocking(text) : [text]));
    return (await this.db.blocklistIdentifier.count({ where: { instanceId, identifier: { in: entries } } })) > 0;
  }

  /** Whether somebody has the mailbox under any of its spellings. */
  private async isMailboxTaken(instanceId: string, address: string, mayIgnoreDots: boolean): Promise<boolean> {
    const { local, domains, separators, ignoresDots } = emailBase(address, mayIgnoreDots);
    const mailbox = Prisma.sql`regexp_replace(split_part(email_address, '@', 1), ${`[${separators}].*$`}, '')`;
    const rows = await this.db.$queryRaw<{ id: string }[]>`
      SELECT id FROM email_addresses
      WHERE instance_id = ${instanceId} AND reserved_as IS NOT NULL
        AND split_part(email_address, '@', 2) IN (${Prisma.join(domains)})
        AND ${ignoresDots ? Prisma.sql`replace(${mailbox}, '.', '')` : mailbox} = ${local}
      LIMIT 1`;
    return rows.length > 0;
  }
}
