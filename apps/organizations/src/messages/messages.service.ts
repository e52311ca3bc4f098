import { Injectable } from '@nestjs/common';
import type { InstanceView } from '@latchkey/clients';
import { type EventData, isTestEmail, type RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import { event, Outbox } from '@latchkey/events';
import { MailQueue } from '@latchkey/messaging';
import type { Tx } from '../db.js';
import type { Letter } from './messages.templates.js';

/** The mails of organizations, queued in the transaction that causes them. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly queue: MailQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Queues a mail, and tells of it (`email.created`); to a test address nothing is sent. */
  async send(
    tx: Tx,
    ctx: RequestContext,
    instance: InstanceView,
    { to, organizationId, userId }: { to: string; organizationId: string; userId?: string },
    letter: Letter,
  ): Promise<void> {
    if (isTestEmail(to) && instance.isTestMode) return;
    const text = letter.paragraphs.join('\n\n');
    const html = letter.paragraphs.map((paragraph) => `<p>${toHtml(paragraph, letter.url)}</p>`).join('\n');
    await this.queue.add(tx, { instanceId: ctx.instanceId, kind: 'email', to, subject: letter.subject, text, html });
    const shown = {
      object: 'email',
      id: newId('email', this.clock.now()),
      slug: letter.slug,
      from_email_name: 'noreply',
      reply_to_email_name: null,
      to_email_address: to,
      email_address_id: null,
      user_id: userId ?? null,
      subject: letter.subject,
      body: html,
      body_plain: text,
      status: 'queued',
      data: { ...letter.data, app: { name: instance.applicationName } },
      delivered_by_clerk: true,
    };
    const told = event(ctx, 'email.created', organizationId, shown as unknown as EventData<'email.created'>);
    await this.outbox.add(tx, told);
  }
}

const toHtml = (text: string, url: string | undefined): string => {
  const safe = escape(text);
  return url ? safe.replace(escape(url), `<a href="${escape(url)}">${escape(url)}</a>`) : safe;
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
