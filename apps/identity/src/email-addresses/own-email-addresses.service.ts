import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { AccessRulesService } from '../access-rules/access-rules.service.js';
import { EMAIL_LINK } from '../email-links/email-links.service.js';
import { IdentifierCodesService } from '../identifiers/identifier-codes.service.js';
import { InstancesService } from '../instances/instances.service.js';
import { StepUpService } from '../reverifications/step-up.service.js';
import { requireFewUnverified, requireMutable } from '../users/identifier-rules.js';
import { paramUnknown } from '../users/users.errors.js';
import type { PrepareEmailAddress } from './email-addresses.schemas.js';
import { EmailAddressesService, type FullEmailAddress } from './email-addresses.service.js';

/** What signed-in users may do with their own addresses, where the instance lets them. */
@Injectable()
export class OwnEmailAddressesService {
  constructor(
    private readonly addresses: EmailAddressesService,
    private readonly codes: IdentifierCodesService,
    private readonly access: AccessRulesService,
    private readonly instances: InstancesService,
    private readonly stepUp: StepUpService,
  ) {}

  /** @throws `resource_not_found` (404) */
  require(ctx: RequestContext, id: string): Promise<FullEmailAddress> {
    return this.addresses.require(ctx, id, ctx.userId);
  }

  /**
   * Adds an address that is still to be proved.
   *
   * @throws `form_identifier_exists` (422), `too_many_unverified_identifications` (400), `immutable_attribute_modification_not_allowed`,
   * `not_allowed_access`, `form_email_address_blocked` (403)
   */
  async add(ctx: RequestContext, address: string): Promise<FullEmailAddress> {
    await this.requireAllowed(ctx);
    await this.access.requireAllowed(ctx.instanceId, { emailAddress: address });
    return this.addresses.add(ctx, ctx.userId!, {
      address,
      status: 'unverified',
      isPrimary: false,
      check: requireFewUnverified,
    });
  }

  /** @throws as `EmailAddressesService.delete`, `immutable_attribute_modification_not_allowed` (403) */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.requireAllowed(ctx);
    await this.addresses.delete(ctx, id, ctx.userId);
  }

  /** Sends a code, or a link. @throws as `IdentifierCodesService.prepare`, `EmailAddressesService.prepareLink` */
  prepare(ctx: RequestContext, id: string, input: PrepareEmailAddress): Promise<FullEmailAddress> {
    return input.strategy === EMAIL_LINK
      ? this.addresses.prepareLink(ctx, ctx.userId!, id, input.redirect_url)
      : this.codes.prepare(ctx, 'email_address', ctx.userId!, id, input.strategy);
  }

  /** Tries a code. @throws as `IdentifierCodesService.attempt` */
  attempt(ctx: RequestContext, id: string, code: string): Promise<FullEmailAddress> {
    return this.codes.attempt(ctx, 'email_address', ctx.userId!, id, code);
  }

  /** Users may change this, and it is they who do. */
  private async requireAllowed(ctx: RequestContext): Promise<void> {
    await this.stepUp.require(ctx);
    const settings = await this.instances.settings(ctx.instanceId);
    if (!settings.attributes.email_address.enabled) throw paramUnknown('email_address');
    requireMutable(settings, 'email_address');
  }
}
