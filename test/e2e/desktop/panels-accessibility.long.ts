// What axe finds in the panels that act on a conversation, when all of them have something to show.
import type { Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seriousFaultsIn } from '../../helpers/axe.ts';
import { PanelsFixture } from '../../helpers/desktop-panels/panels-fixture.ts';
import type { TestRelay } from '../../helpers/relay.ts';

const fixture = new PanelsFixture(test);
let relay: TestRelay;

test.before(async () => {
  relay = await fixture.pageRelay();
});

const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true });

for (const options of [
  { colorScheme: 'light' },
  { colorScheme: 'dark' },
  { forcedColors: 'active' },
] as const) {
  test(`axe finds nothing serious in the panels with ${JSON.stringify(options)}`, async () => {
    const { name } = await fixture.conversation();
    const page = await fixture.openPanels(name, { relay, ...options, reducedMotion: 'reduce' });
    const question = page.getByRole('textbox', { name: 'Question to the companion' });
    for (const text of ['Are returns free?', 'Can I have a refund?', 'quota']) {
      await question.fill(text);
      await question.press('Enter');
      await button(page, 'Ask').waitFor();
    }
    await button(page, 'Edit').click();
    await panel(page, 'Search').getByRole('searchbox').fill('delivery');
    await button(page, 'Search').click();
    await button(page, 'Summarize the conversation').click();
    await page.getByLabel('Action').waitFor();
    assert.equal(await seriousFaultsIn(page), []);
    await button(page, 'Complete the call').click();
    assert.equal(await seriousFaultsIn(page), []);
  });
}

test.run();
