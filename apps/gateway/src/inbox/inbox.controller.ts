import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { LocalInbox, type InboxMessage } from '@latchkey/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FapiRequestsService, type Reached } from '../fapi/fapi-requests.service.js';
import { html, sendPage, type Html } from '../pages/html.js';
import { basePath } from '../pages/reached-pages.js';
import { unknownPath } from '../requests/gateway-errors.js';
import { inboxScript } from './inbox.script.js';

/** The mails and messages of a development instance, for whoever tries it out. Only where they are kept in this process. */
@Controller('/fapi/inbox')
export class InboxController {
  constructor(
    private readonly requests: FapiRequestsService,
    private readonly inbox: LocalInbox,
  ) {}

  @Get()
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('to') to?: string): Promise<void> {
    const reached = await this.reach(request);
    const messages = this.inbox.list({ instanceId: reached.instance.id, ...(to && { to }) });
    sendPage(reply, {
      title: 'Inbox',
      head: html`<script
        defer
        src="${basePath(reached)}/inbox/inbox.js"
        data-newest="${messages[0]?.id ?? ''}"
      ></script>`,
      body: html`<main>
        <nav><a href="${basePath(reached)}/">Back to the start</a></nav>
        <h1>Inbox</h1>
        ${messages.length === 0 && html`<p>Nothing has been sent yet. New messages appear here by themselves.</p>`}
        ${messages.map(toArticle)}
      </main>`,
    });
  }

  @Get('messages')
  async messages(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('to') to?: string): Promise<void> {
    const reached = await this.reach(request);
    const data = this.inbox.list({ instanceId: reached.instance.id, ...(to && { to }) });
    reply.headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    void reply.send(Buffer.from(JSON.stringify({ data, total_count: data.length })));
  }

  @Get('inbox.js')
  script(@Res() reply: FastifyReply): void {
    reply.headers({ 'content-type': 'application/javascript; charset=utf-8', 'cache-control': 'no-cache' });
    void reply.send(`(${inboxScript.toString()})();\n`);
  }

  /** The development instance that was asked; in production there is no such page. */
  private async reach(request: FastifyRequest): Promise<Reached> {
    const reached = await this.requests.reach(request);
    if (reached.instance.environment !== 'development') throw unknownPath(request.method, '/inbox');
    return reached;
  }
}

const toArticle = (message: InboxMessage): Html =>
  html`<article>
    <header>
      <span>${message.kind === 'sms' ? 'SMS' : 'Mail'} to <b>${message.to}</b></span>
      <time datetime="${new Date(message.at).toISOString()}">${new Date(message.at).toISOString().slice(0, 19)}Z</time>
    </header>
    ${message.subject && html`<h2>${message.subject}</h2>`}
    <pre>${linked(message.text)}</pre>
    ${
      message.html &&
      html`<details>
        <summary>As mail programs show it</summary>
        <iframe
          sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
          srcdoc="${message.html}"
        ></iframe>
      </details>`
    }
  </article>`;

/** Text whose addresses can be followed. */
const linked = (text: string): Html[] =>
  text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, index) => (index % 2 ? html`<a href="${part}">${part}</a>` : html`${part}`));
