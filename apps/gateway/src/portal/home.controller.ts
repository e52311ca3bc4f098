import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FapiRequestsService, type Reached } from '../fapi/fapi-requests.service.js';
import { html, sendPage } from '../pages/html.js';
import { basePath } from '../pages/reached-pages.js';

/** What a person finds who opens FAPI's address in a browser. */
@Controller('/fapi')
export class HomeController {
  constructor(private readonly requests: FapiRequestsService) {}

  @Get()
  async home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const reached = await this.requests.reach(request);
    if (reached.instance.environment === 'production') return void reply.redirect(`${basePath(reached)}/user`, 302);
    sendPage(reply, { title: 'Latchkey', body: nextSteps(reached) });
  }
}

const nextSteps = (reached: Reached) =>
  html`<main>
    <h1>Latchkey is running</h1>
    <nav>
      <a href="${basePath(reached)}/sign-up">Sign up</a>
      <a href="${basePath(reached)}/sign-in">Sign in</a>
      <a href="${basePath(reached)}/user">Your account</a>
      <a href="${basePath(reached)}/inbox">Inbox</a>
    </nav>
    <p>
      This is a development instance. Give your app these settings, and its secret key, which is in app.env of the data
      folder:
    </p>
    <pre>
CLERK_PUBLISHABLE_KEY=${reached.instance.publishableKey}
CLERK_PROXY_URL=${reached.fapiUrl}</pre>
    <p>
      Addresses with <code>+clerk_test</code> before the <code>@</code> take the code <code>424242</code>. All other
      mails and messages are in the <a href="${basePath(reached)}/inbox">inbox</a>.
    </p>
  </main>`;
