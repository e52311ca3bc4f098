import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const CLOSE_MS = 10_000;
/** Looked for in this order, as `tools/test.mjs` does. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser that CHROMIUM_PATH names, or the first one on the path. */
function chromiumPath(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const files = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = process.env.CHROMIUM_PATH ?? files.find(existsSync);
  if (!found) throw new Error('Chromium is not installed; name it in CHROMIUM_PATH');
  return found;
}

/**
 * A Chromium for a spec file, with a fresh profile for each page that is opened.
 *
 * @param flags more of its command line, known once the hooks before have run
 */
export function useChromium(flags: () => string[] = () => []) {
  let browser: Browser;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    // What is not on this machine is not asked for: the browser's own calls home would fail one by one.
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...flags(),
    ];
    browser = await chromium.launch({ executablePath: chromiumPath(), args });
  }, 60_000);

  afterEach(async () => {
    // One that does not answer (seen with two tabs that navigate at once) ends with the browser; it is no reason to fail.
    const closing = Promise.all(contexts.splice(0).map((context) => context.close()));
    await Promise.race([closing, delay(CLOSE_MS, undefined, { ref: false })]);
  });

  afterAll(async () => {
    await browser.close();
  });

  return {
    /** A page in a profile that nobody has used: another person's browser. */
    async page(): Promise<Page> {
      const context = await browser.newContext();
      contexts.push(context);
      context.setDefaultTimeout(20_000);
      return context.newPage();
    },
  };
}
