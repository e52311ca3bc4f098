import { join } from 'node:path';
import { appEnv, browserEnv, type AppEnv } from './app-env.js';
import { instancesOf, type DeclarationSource } from './declaration-file.js';
import type { AppliedInstance, PublicUrls } from './declare.js';
import { writeSecretFile } from './installation-keys.js';

/** What an app needs that uses the first of the declared instances. */
function appOf(source: DeclarationSource, applied: readonly AppliedInstance[], urls: PublicUrls): AppEnv | undefined {
  const [declared] = instancesOf(source.declaration);
  const [instance] = applied;
  if (!declared || !instance) return undefined;
  return {
    publishableKey: instance.publishable_key,
    secretKey: declared.secret_keys?.[0] ?? '',
    instanceId: instance.instance_id,
    fapiUrl: declared.fapi_url ?? `https://${declared.frontend_api}`,
    bapiUrl: urls.bapiUrl,
  };
}

const readyLine = ({ fapiUrl, bapiUrl }: PublicUrls) => `ready: browsers call ${fapiUrl}, servers call ${bapiUrl}\n`;

/** The text of a start that declares nothing, though `file` was declared before. */
export function keptAnnouncement(dataDir: string, file: string, urls: PublicUrls): string {
  const kept = `LATCHKEY_CONFIG is not set: the instances that ${file} has declared are kept as they are.`;
  return [`Latchkey runs. ${kept}`, `What an app needs is still in ${join(dataDir, 'app.env')}.`, readyLine(urls)].join(
    '\n\n',
  );
}

/**
 * Writes `app.env` into the data folder and tells whoever has started Latchkey what to put into an app's environment.
 *
 * @param hasInbox whether the mail it sends lies at `/inbox`
 * @returns the text to print; its last line begins with `ready`
 */
export function announcement(
  dataDir: string,
  source: DeclarationSource,
  applied: readonly AppliedInstance[],
  urls: PublicUrls,
  hasInbox: boolean,
): string {
  const app = appOf(source, applied, urls);
  const ready = readyLine(urls);
  if (!app) return `Latchkey runs, with no instance declared.\n\n${ready}`;
  const file = join(dataDir, 'app.env');
  writeSecretFile(file, appEnv(app));
  const others = applied.slice(1).map(({ name, publishable_key }) => `${name}: ${publishable_key}`);
  return [
    'Latchkey runs. Put this into the environment of your app:',
    `# any server, Express among them (also in ${file})\n${appEnv(app)}`,
    `# Next.js, besides\n${browserEnv('NEXT_PUBLIC_', app)}`,
    `# React with Vite\n${browserEnv('VITE_', app)}`,
    ...(others.length > 0 ? [`# The publishable keys of the other instances\n${others.join('\n')}`] : []),
    hasInbox
      ? `Sign up at ${app.fapiUrl}/sign-up; read the mail it sends at ${app.fapiUrl}/inbox.`
      : `Sign up at ${app.fapiUrl}/sign-up as you+clerk_test@example.com with the code 424242; other addresses need SMTP_URL.`,
    ready,
  ].join('\n\n');
}
