import { createHash } from 'node:crypto';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { siteOf } from '../clients/client-cookies.js';
import { FapiRequestsService, type Reached } from '../fapi/fapi-requests.service.js';
import { BundlesService } from '../npm/bundles.service.js';
import { html, sendPage } from '../pages/html.js';
import { basePath, proxyUrlFor } from '../pages/reached-pages.js';
import { portalPages, type PortalPage } from './portal-pages.js';
import { portalScript } from './portal.script.js';

const SCRIPT = `(${portalScript.toString()})();\n`;
const SCRIPT_PATH = `/latchkey/portal-${createHash('sha1').update(SCRIPT).digest('hex').slice(0, 12)}.js`;

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
    const base = basePath(reached);
    const bundle = (name: '@clerk/clerk-js' | '@clerk/ui', file: string) =>
      `${base}/npm/${name}@${this.bundles.version(name)}/dist/${file}`;
    sendPage(reply, {
      title: TITLES[page],
      isPublic: reached.instance.environment === 'production',
      sources: { 'connect-src': fapiOrigin(reached) },
      head: html`<script
          defer
          src="${bundle('@clerk/clerk-js', 'clerk.browser.js')}"
          data-clerk-publishable-key="${reached.instance.publishableKey}"
          data-clerk-proxy-url="${proxyUrlFor(reached)}"
        ></script>
        <script defer src="${bundle('@clerk/ui', 'ui.browser.js')}"></script>
        <script
          defer
          src="${base}${SCRIPT_PATH}"
          data-page="${page}"
          data-base="${base}"
          data-origins="${redirectOrigins(reached)}"
        ></script>`,
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

/** On its accounts host, a production instance's script calls FAPI at another host. */
const fapiOrigin = ({ instance }: Reached): string =>
  instance.environment === 'production' ? `https://${instance.frontendApi.split('/')[0]!}` : '';

/** Where people may be sent back to: the instance's own site, and what it allows besides. Empty in development: anywhere. */
function redirectOrigins({ instance, fapiUrl }: Reached): string {
  if (instance.environment === 'development') return '';
  const { hostname, origin } = new URL(fapiUrl);
  const site = siteOf(hostname);
  return [origin, ...(site ? [`https://${site}`, `https://*.${site}`] : []), ...instance.allowedOrigins].join(' ');
}
