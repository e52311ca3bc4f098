import { Injectable } from '@nestjs/common';
import { type EventData, isTestEmail, isTestPhone, type JsonObject, type RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import { event, Outbox } from '@latchkey/events';
import { MailQueue, toEmailJSON } from '@latchkey/messaging';
import type { Tx } from '../db.js';
import type { Verification } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { CodeAllowancesService } from '../verifications/code-allowances.service.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { isSmsCountry, requireSmsCountry } from './sms-countries.js';
import { render, type TemplateSlug } from './messages.templates.js';

/** A code to be sent. */
export interface CodeOptions {
  /** The contract's strategy; `email_code` or `phone_code` when left out. */
  strategy?: string;
  template?: TemplateSlug;
  /** The running verification of the same address: its codes stay good. */
  previous?: Verification | null;
  /** Whom the address belongs to, when somebody. */
  userId?: string;
  /** The id of the address, when it is stored. */
  identifierId?: string;
}

/** Mail and SMS to users, queued in the transaction that causes them. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly instances: InstancesService,
    private readonly verifications: VerificationsService,
    private readonly allowances: CodeAllowancesService,
    private readonly queue: MailQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Starts the proof of an address and mails its code; to a test address nothing is sent.
   *
   * @throws `verification_code_too_many_requests`, `verification_code_rate_limit_exceeded` (429)
   */
  async startEmailCode(tx: Tx, ctx: RequestContext, address: string, options: CodeOptions = {}): Promise<Verification> {
    const strategy = options.strategy ?? 'email_code';
    const isTest = await this.allow(tx, ctx, address, strategy, options.previous);
    const { verification, code } = await this.verifications.startCode(tx, ctx, strategy, {
      previous: options.previous,
      isTest,
      details: addressed(options),
    });
    if (!isTest)
      await this.sendEmail(tx, ctx, address, options.template ?? 'verification_code', { otp_code: code }, options);
    return verification;
  }

  /**
   * Starts the proof of a number and sends its code; to a test number nothing is sent.
   *
   * @throws `unsupported_country_code` (403), as `startEmailCode`
   */
  async startPhoneCode(tx: Tx, ctx: RequestContext, number: string, options: CodeOptions = {}): Promise<Verification> {
    requireSmsCountry(await this.instances.settings(ctx.instanceId), number);
    const strategy = options.strategy ?? 'phone_code';
    const isTest = await this.allow(tx, ctx, number, strategy, options.previous);
    const { verification, code } = await this.verifications.startCode(tx, ctx, strategy, {
      previous: options.previous,
      isTest,
      details: { channel: 'sms', ...addressed(options) },
    });
    if (!isTest)
      await this.sendSms(tx, ctx, number, options.template ?? 'verification_code', { otp_code: code }, options);
    return verification;
  }

  /**
   * Starts a proof by a code that nobody gets: callers see what they would see of another address, its limits too.
   *
   * @throws as `startEmailCode`
   */
  async startVeiledCode(
    tx: Tx,
    ctx: RequestContext,
    address: string,
    strategy: string,
    previous: Verification | null,
  ): Promise<Verification> {
    await this.allow(tx, ctx, address, strategy, previous);
    const details: JsonObject = strategy.endsWith('phone_code') ? { channel: 'sms' } : {};
    return (await this.verifications.startCode(tx, ctx, strategy, { previous, details })).verification;
  }

  /**
   * Takes a code or link from the share of an address; those of tests have no end of them.
   *
   * @returns whether it is a test address
   * @throws `verification_code_too_many_requests`, `verification_code_rate_limit_exceeded` (429)
   */
  async allow(
    tx: Tx,
    ctx: RequestContext,
    address: string,
    strategy: string,
    previous: Verification | null | undefined,
  ): Promise<boolean> {
    const isTest = (isTestEmail(address) || isTestPhone(address)) && (await this.instances.isTestMode(ctx));
    if (!isTest) await this.allowances.take(tx, ctx, address, strategy, previous);
    return isTest;
  }

  /** Queues a mail, and tells of it (`email.created`). */
  async sendEmail(
    tx: Tx,
    ctx: RequestContext,
    to: string,
    slug: TemplateSlug,
    variables: object,
    about: Pick<CodeOptions, 'userId' | 'identifierId'> = {},
  ): Promise<void> {
    const data = { ...variables, app: await this.app(ctx) };
    const { subject, text, html } = render(slug, data);
    const { communication } = await this.instances.settings(ctx.instanceId);
    const from = communication.from_email_address ?? undefined;
    await this.queue.add(tx, { instanceId: ctx.instanceId, kind: 'email', to, from, subject, text, html });
    const id = newId('email', this.clock.now());
    const { userId, identifierId: emailAddressId } = about;
    const told = toEmailJSON({ id, slug, from, to, emailAddressId, userId, subject, html, text, data });
    await this.outbox.add(tx, event(ctx, 'email.created', userId ?? id, told));
  }

  /** Queues an SMS, and tells of it (`sms.created`). Countries that get no SMS are left out. */
  async sendSms(
    tx: Tx,
    ctx: RequestContext,
    to: string,
    slug: TemplateSlug,
    variables: object,
    about: Pick<CodeOptions, 'userId' | 'identifierId'> = {},
  ): Promise<void> {
    if (!isSmsCountry(await this.instances.settings(ctx.instanceId), to)) return;
    const data = { ...variables, app: await this.app(ctx) };
    const text = render(slug, data).subject;
    await this.queue.add(tx, { instanceId: ctx.instanceId, kind: 'sms', to, text });
    const id = newId('sms', this.clock.now());
    const shown = {
      object: 'sms_message',
      id,
      slug,
      from_phone_number: '',
      to_phone_number: to,
      phone_number_id: about.identifierId ?? null,
      user_id: about.userId ?? null,
      message: text,
      status: 'queued',
      data,
      delivered_by_clerk: true,
      created_at_ms: this.clock.now().getTime(),
    };
    await this.outbox.add(
      tx,
      event(ctx, 'sms.created', about.userId ?? id, shown as unknown as EventData<'sms.created'>),
    );
  }

  private async app(ctx: RequestContext): Promise<object> {
    const { settings, fapiUrl } = await this.instances.require(ctx.instanceId);
    return {
      name: settings.display.application_name,
      logo_image_url: settings.display.logo_image_url,
      domain_name: new URL(fapiUrl).host,
    };
  }
}

/** Which stored address a code went to: only the same one's codes may follow each other. */
const addressed = ({ identifierId }: CodeOptions): JsonObject => (identifierId ? { identifier_id: identifierId } : {});
