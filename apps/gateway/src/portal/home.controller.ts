import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FapiRequestsService, type Reached } from '../fapi/fapi-requests.service.js';
import { SHOWS_INBOX } from '../config.js';
import { BundlesService } from '../npm/bundles.service.js';
import { html, sendPage } from '../pages/html.js';
import { basePath } from '../pages/reached-pages.js';
import { portalHead } from './portal-head.js';

/** What a person finds who opens FAPI's address in a browser. */
@Controller('/fapi')
export class HomeController {
  constructor(
    private readonly requests: FapiRequestsService,
    private readonly bundles: BundlesService,
    @Inject(SHOWS_INBOX) private readonly showsInbox: boolean,
  ) {}

  @Get()
  async home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const reached = await this.requests.reach(request);
    if (reached.instance.environment === 'production') return void reply.redirect(`${basePath(reached)}/user`, 302);
    sendPage(reply, {
      title: 'Latchkey',
      ...portalHead(this.bundles, reached, 'home'),
      body: nextSteps(reached, this.showsInbox),
    });
  }
}

const nextSteps = (reached: Reached, showsInbox: boolean) =>
  html`<main>
    <header>
      <h1>Latchkey is running</h1>
      <div id="portal"></div>
    </header>
    <nav>
      <a data-for="signed-out" href="${basePath(reached)}/sign-up">Sign up</a>
      <a data-for="signed-out" href="${basePath(reached)}/sign-in">Sign in</a>
      <a data-for="signed-in" href="${basePath(reached)}/user" hidden>Your account</a>
      <a data-for="signed-in" href="${basePath(reached)}/organization" hidden>Your organizations</a>
      ${showsInbox && html`<a href="${basePath(reached)}/inbox">Inbox</a>`}
    </nav>
    <p>This is a development instance. Give your app these settings, and the secret key of this instance:</p>
    <pre>
CLERK_PUBLISHABLE_KEY=${reached.instance.publishableKey}
CLERK_PROXY_URL=${reached.fapiUrl}</pre>
    <p>Addresses with <code>+clerk_test</code> before the <code>@</code> take the code <code>424242</code>.</p>
    ${showsInbox && html`<p>All other mails and messages are in the inbox; the secret key is in app.env of the data folder.</p>`}
  </main>`;
