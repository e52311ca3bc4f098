/** Where an installation is found, and the keys of its instance. */
export interface AppEnv {
  publishableKey: string;
  secretKey: string;
  instanceId: string;
  fapiUrl: string;
  bapiUrl: string;
}

const CLERK_JS = '/npm/@clerk/clerk-js@6/dist/clerk.browser.js';
const CLERK_UI = '/npm/@clerk/ui@1/dist/ui.browser.js';

/** The environment of an app that uses the SDKs, as lines of `NAME=value`; what `app.env` holds. */
export function appEnv({ publishableKey, secretKey, instanceId, fapiUrl, bapiUrl }: AppEnv): string {
  return lines({
    CLERK_PUBLISHABLE_KEY: publishableKey,
    CLERK_SECRET_KEY: secretKey,
    CLERK_API_URL: bapiUrl,
    CLERK_PROXY_URL: fapiUrl,
    CLERK_JS_URL: fapiUrl + CLERK_JS,
    CLERK_UI_URL: fapiUrl + CLERK_UI,
    CLERK_TELEMETRY_DISABLED: '1',
    LATCHKEY_WEBHOOKS_URL: bapiUrl,
    LATCHKEY_INSTANCE_ID: instanceId,
  });
}

/** The same under the names that an app built with `prefix` reads in the browser (`NEXT_PUBLIC_`, `VITE_`). */
export function browserEnv(prefix: string, { publishableKey, fapiUrl }: AppEnv): string {
  return lines({
    [`${prefix}CLERK_PUBLISHABLE_KEY`]: publishableKey,
    [`${prefix}CLERK_PROXY_URL`]: fapiUrl,
    [`${prefix}CLERK_JS_URL`]: fapiUrl + CLERK_JS,
    [`${prefix}CLERK_UI_URL`]: fapiUrl + CLERK_UI,
    [`${prefix}CLERK_TELEMETRY_DISABLED`]: '1',
  });
}

const lines = (env: Record<string, string>) =>
  Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
