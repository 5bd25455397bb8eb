import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds in a page. Its script is loaded into a page once. */
export async function violationsIn(page: Page, options: axe.RunOptions = {}): Promise<axe.Result[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const given: axe.RunOptions = { resultTypes: ['violations'], ...options };
  return page.evaluate(async (runOptions) => {
    const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
    return (await run(document, runOptions)).violations;
  }, given);
}

/** What is serious of it, each with its element and what would mend it. */
export async function seriousFaultsIn(page: Page): Promise<string[]> {
  return (await violationsIn(page))
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
    );
}
