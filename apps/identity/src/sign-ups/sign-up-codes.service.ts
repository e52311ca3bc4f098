import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import type { Tx } from '../db.js';
import type { Verification } from '../generated/prisma/client.js';
import { EMAIL_LINK, EmailLinksService } from '../email-links/email-links.service.js';
import { InstancesService } from '../instances/instances.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { verificationStrategyInvalid } from '../verifications/verifications.errors.js';
import { SignUpFieldsService } from './sign-up-fields.service.js';
import type { SignUpState } from './sign-ups.requirements.js';
import type { CreateSignUp } from './sign-ups.schemas.js';

/** Codes and links that prove the address or number of a sign-up. */
@Injectable()
export class SignUpCodesService {
  constructor(
    private readonly fields: SignUpFieldsService,
    private readonly instances: InstancesService,
    private readonly links: EmailLinksService,
    private readonly messages: MessagesService,
  ) {}

  /** Where a link that is asked for may lead on to. @throws as `EmailLinksService.requireTarget` */
  async targetOf(ctx: RequestContext, input: Pick<CreateSignUp, 'strategy' | 'redirect_url'>) {
    return input.strategy === EMAIL_LINK ? this.links.requireTarget(ctx, input.redirect_url) : undefined;
  }

  /** Sends a code, or a link to go on to `redirectUrl` by. @returns the columns of the sign-up that change @throws `verification_strategy_invalid` (400) */
  async prepare(tx: Tx, ctx: RequestContext, state: SignUpState, strategy: string, redirectUrl?: string) {
    const { emailAddress, phoneNumber } = state.signUp;
    if (strategy === 'email_code' && emailAddress)
      return { emailVerificationId: (await this.email(tx, ctx, emailAddress, state.emailVerification)).id };
    if (strategy === 'phone_code' && phoneNumber)
      return { phoneVerificationId: (await this.phone(tx, ctx, phoneNumber, state.phoneVerification)).id };
    if (strategy === EMAIL_LINK && emailAddress && redirectUrl)
      return { emailVerificationId: (await this.link(tx, ctx, state, emailAddress, redirectUrl)).id };
    throw verificationStrategyInvalid();
  }

  private async link(tx: Tx, ctx: RequestContext, state: SignUpState, address: string, redirectUrl: string) {
    if (await this.isVeiled(tx, ctx, 'email_address', address)) {
      const verification = await this.links.startVeiled(tx, ctx, address, state.emailVerification);
      await this.messages.sendEmail(tx, ctx, address, 'account_exists', {});
      return verification;
    }
    const { id, clientId } = state.signUp;
    const target = { purpose: 'sign_up' as const, id, clientId, redirectUrl };
    return this.links.start(tx, ctx, address, target, state.emailVerification);
  }

  private async email(tx: Tx, ctx: RequestContext, address: string, previous: Verification | null) {
    if (!(await this.isVeiled(tx, ctx, 'email_address', address)))
      return this.messages.startEmailCode(tx, ctx, address, { previous });
    // A code that nobody gets; the owner of the address is told.
    const verification = await this.messages.startVeiledCode(tx, ctx, address, 'email_code', previous);
    await this.messages.sendEmail(tx, ctx, address, 'account_exists', {});
    return verification;
  }

  private async phone(tx: Tx, ctx: RequestContext, number: string, previous: Verification | null) {
    if (!(await this.isVeiled(tx, ctx, 'phone_number', number)))
      return this.messages.startPhoneCode(tx, ctx, number, { previous });
    const verification = await this.messages.startVeiledCode(tx, ctx, number, 'phone_code', previous);
    await this.messages.sendSms(tx, ctx, number, 'account_exists', {});
    return verification;
  }

  private async isVeiled(tx: Tx, ctx: RequestContext, kind: 'email_address' | 'phone_number', value: string) {
    const { attack_protection: protection } = await this.instances.settings(ctx.instanceId);
    return protection.enumeration_protection.enabled && this.fields.isTaken(tx, ctx, kind, value);
  }
}
