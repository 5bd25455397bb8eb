import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Picture } from './pictures.ts';

/** How long the page may take to show something, in milliseconds. */
const SHOWN_LIMIT_MS = 30_000;

/** What makes a picture the same on every machine, as far as a page decides about it. */
export function openContext(
  browser: Browser,
  { width, height, colorScheme }: Picture,
  deviceScaleFactor: number,
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width, height },
    deviceScaleFactor,
    colorScheme,
    locale: 'en-US',
    timezoneId: 'UTC',
  });
}

/** Opens the panel of a picture, asks the companion its question, and waits until all is there that it shows. */
export async function showView(page: Page, { panel, question, shows }: Picture): Promise<void> {
  const limit = { timeout: SHOWN_LIMIT_MS };
  if (panel !== undefined) await page.locator('.panel-tab', { hasText: panel }).click(limit);
  if (question !== undefined) {
    await page.locator('.companion-form textarea').fill(question, limit);
    await page.locator('.companion-form button[type=submit]').click(limit);
  }
  for (const selector of shows)
    await page
      .locator(selector)
      .first()
      .waitFor({ ...limit, state: 'visible' });
}
