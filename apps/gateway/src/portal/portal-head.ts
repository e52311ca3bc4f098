import { createHash } from 'node:crypto';
import { siteOf } from '../clients/client-cookies.js';
import type { Reached } from '../fapi/fapi-requests.service.js';
import type { BundlesService } from '../npm/bundles.service.js';
import { html, type Page } from '../pages/html.js';
import { basePath, proxyUrlFor } from '../pages/reached-pages.js';
import type { ScriptedPage } from './portal-pages.js';
import { portalScript } from './portal.script.js';

export const SCRIPT = `(${portalScript.toString()})();\n`;
/** The script's path has its hash in it, so that browsers may keep it for ever. */
export const SCRIPT_PATH = `/latchkey/portal-${createHash('sha1').update(SCRIPT).digest('hex').slice(0, 12)}.js`;

/** What a page needs to show a component of the SDK in its element `portal`. */
export function portalHead(
  bundles: BundlesService,
  reached: Reached,
  page: ScriptedPage,
): Pick<Page, 'head' | 'sources'> {
  const base = basePath(reached);
  const bundle = (name: '@clerk/clerk-js' | '@clerk/ui', file: string) =>
    `${base}/npm/${name}@${bundles.version(name)}/dist/${file}`;
  const head = html`<script
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
    ></script>`;
  return { head, sources: { 'connect-src': fapiOrigin(reached) } };
}

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
