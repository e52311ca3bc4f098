import { Injectable } from '@nestjs/common';
import type { InstanceView } from '@latchkey/clients';
import { isTestEmail, type RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import { event, Outbox } from '@latchkey/events';
import { MailQueue, toEmailJSON } from '@latchkey/messaging';
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
    const id = newId('email', this.clock.now());
    const { slug, subject } = letter;
    const data = { ...letter.data, app: { name: instance.applicationName } };
    const told = toEmailJSON({ id, slug, to, userId, subject, html, text, data });
    await this.outbox.add(tx, event(ctx, 'email.created', organizationId, told));
  }
}

const toHtml = (text: string, url: string | undefined): string => {
  const safe = escape(text);
  return url ? safe.replace(escape(url), `<a href="${escape(url)}">${escape(url)}</a>`) : safe;
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
