import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const CLOSE_MS = 10_000;
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * A Chromium for a spec file, with a fresh profile for each page that is opened.
 *
 * @param flags more of its command line, known once the hooks before have run
 */
export function useChromium(flags: () => string[] = () => []) {
  let browser: Browser;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    const executablePath = process.env.CHROMIUM_PATH ?? PATHS.find(existsSync);
    if (!executablePath) throw new Error('Chromium is not installed; name it in CHROMIUM_PATH');
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
    browser = await chromium.launch({ executablePath, args });
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
