import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../../scripts/local/chromium.ts';
import type { Fixture } from './fixture.ts';

const VIEWPORT = { width: 1_280, height: 720 };
const LISTENED = ['console', 'pageerror', 'request', 'response', 'websocket'] as const;

/** What a page starts with. */
export interface PageStart
  extends Pick<
    BrowserContextOptions,
    'viewport' | 'colorScheme' | 'contrast' | 'forcedColors' | 'reducedMotion'
  > {
  /** Default: `en-US`. */
  locale?: string;
}

/**
 * Pages of one Chromium. Tests use a page one after another: a new one starts a process and compiles the page's script,
 * which takes longer than most tests. Storage, routes and listeners of a test end with it.
 */
export class PagePool {
  readonly #fixture: Fixture;
  readonly #browser: Browser;
  readonly #script: string | undefined;
  /** The pages that no test uses, by locale. */
  readonly #idle = new Map<string, Page[]>();

  private constructor(fixture: Fixture, browser: Browser, script: string | undefined) {
    this.#fixture = fixture;
    this.#browser = browser;
    this.#script = script;
  }

  /**
   * Starts Chromium for the tests of a file.
   *
   * @param script runs in each page that is opened, before the scripts of the page.
   */
  static async start(fixture: Fixture, script?: string): Promise<PagePool> {
    return new PagePool(fixture, fixture.keep(await launchChromium()), script);
  }

  /** Gives an empty page, to the test that is running or to the file where none is. */
  async take({ locale = 'en-US', viewport, ...media }: PageStart = {}): Promise<Page> {
    const idle = this.#idle.get(locale) ?? [];
    this.#idle.set(locale, idle);
    const page = idle.pop() ?? (await this.#open(locale));
    this.#fixture.defer(async () => {
      if (await emptied(page)) idle.push(page);
    });
    await page.setViewportSize(viewport ?? VIEWPORT);
    await page.emulateMedia({
      colorScheme: 'light',
      contrast: 'no-preference',
      forcedColors: 'none',
      reducedMotion: 'no-preference',
      ...media,
    });
    return page;
  }

  async #open(locale: string): Promise<Page> {
    const context = await this.#browser.newContext({ locale });
    if (this.#script !== undefined) await context.addInitScript(this.#script);
    return context.newPage();
  }
}

/** Removes what a test has left in a page. False where the test has closed it. */
async function emptied(page: Page): Promise<boolean> {
  if (page.isClosed()) return false;
  for (const event of LISTENED) await page.removeAllListeners(event);
  // A request of the test may still be under way.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.context().setOffline(false);
  await page.context().clearCookies();
  await page.evaluate(() => {
    if (location.protocol !== 'about:') localStorage.clear();
  });
  await page.goto('about:blank');
  return true;
}
