import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FapiRequestsService } from '../fapi/fapi-requests.service.js';
import { BundlesService } from '../npm/bundles.service.js';
import { html, sendPage } from '../pages/html.js';
import { portalHead, SCRIPT, SCRIPT_PATH } from './portal-head.js';
import { portalPages, type PortalPage } from './portal-pages.js';

/** The account portal: ready-made pages for apps that have none, on FAPI's host and on the instance's accounts host. */
@Controller('/fapi')
export class PortalController {
  constructor(
    private readonly requests: FapiRequestsService,
    private readonly bundles: BundlesService,
  ) {}

  @Get(portalPages.flatMap((page) => [page, `${page}/*`]))
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const reached = await this.requests.reach(request);
    const page = request.url.split(/[/?]/)[2] as PortalPage;
    sendPage(reply, {
      title: TITLES[page],
      isPublic: reached.instance.environment === 'production',
      ...portalHead(this.bundles, reached, page),
      body: html`<div class="stage"><div id="portal"></div></div>
        <noscript><p>This page needs JavaScript.</p></noscript>`,
    });
  }

  @Get(SCRIPT_PATH)
  script(@Res() reply: FastifyReply): void {
    reply.headers({
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    void reply.send(SCRIPT);
  }
}

const TITLES: Record<PortalPage, string> = {
  'sign-in': 'Sign in',
  'sign-up': 'Sign up',
  user: 'Your account',
  organization: 'Your organization',
  'create-organization': 'New organization',
  waitlist: 'Waitlist',
  tasks: 'One more step',
  verify: 'Verification',
  'oauth-consent': 'Allow access',
  'popup-callback': 'Signing in',
  'unauthorized-sign-in': 'Session ended',
};
