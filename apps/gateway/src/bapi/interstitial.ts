import type { FastifyReply } from 'fastify';
import { html } from '../pages/html.js';
import { parameter, type Incoming } from '../requests/incoming.js';

/**
 * Sends the page that SDKs from before the handshake show in place of the app's own: it loads clerk-js, which renews the
 * session's cookie, and then the page that was asked for. Where it is opened as a page of BAPI's own, it may do nothing:
 * its script comes from a host that the query names.
 */
export function sendInterstitial(reply: FastifyReply, { query }: Incoming): void {
  const host = parameter(query, 'frontend_api') ?? parameter(query, 'frontendApi') ?? '';
  const proxyUrl = parameter(query, 'proxy_url') ?? '';
  const base = proxyUrl || `https://${parameter(query, 'domain') || host}`;
  const page = html`<!doctype html>
    <html>
      <head>
        <meta charset="utf-8" />
        <script
          async
          crossorigin="anonymous"
          src="${base}/npm/@clerk/clerk-js@latest/dist/clerk.browser.js"
          data-clerk-publishable-key="${parameter(query, 'publishable_key')}"
          data-clerk-proxy-url="${proxyUrl}"
          onload="Clerk.load().then(() => location.reload())"
        ></script>
      </head>
      <body></body>
    </html>`;
  void reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'")
    .send(page.text);
}
