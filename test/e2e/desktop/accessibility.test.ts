// What axe finds in each view, in each theme; at each width in one of them, and in all in the long tests.
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DesktopPageFixture } from '../../helpers/desktop-page.ts';

const fixture = new DesktopPageFixture(test);

const THEMES: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'high contrast': { colorScheme: 'light', contrast: 'more' },
  'dark, high contrast': { colorScheme: 'dark', contrast: 'more' },
  'forced colours': { forcedColors: 'active' },
};
const WIDTHS = { wide: 1_280, middle: 800, narrow: 400 };

async function faultsIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
    );
}

/** A call in which everything has happened that the page shows. */
async function playCall() {
  const call = await fixture.startCall();
  await fixture.conversations.say(call.agent, 'Good morning, how can I help?', 'm1');
  await fixture.publish(call.shortName, {
    data: {
      type: 'NEW_MESSAGE',
      newMessagePayload: {
        name: `${call.name}/messages/m2`,
        content: 'My ticket of Monday was charged twice!',
        participantRole: 'END_USER',
        sentimentAnalysis: { queryTextSentiment: { score: -0.7, magnitude: 0.7 } },
        messageAnnotation: {
          parts: [
            { text: 'My ticket of ' },
            { text: 'Monday', entityType: '@sys.date', formattedValue: '2026-11-30' },
            { text: ' was charged twice!' },
          ],
        },
      },
    },
  });
  const latestMessage = `${call.name}/messages/m2`;
  const answerRecord = call.name.replace(/conversations.*/, 'answerRecords/a');
  await fixture.suggest(
    call,
    {
      suggestSmartRepliesResponse: {
        smartReplyAnswers: [{ reply: 'I am sorry about that.', confidence: 0.9, answerRecord }],
        latestMessage,
      },
    },
    {
      suggestArticlesResponse: {
        articleAnswers: [
          {
            title: 'Charged twice',
            uri: 'https://help.example/twice',
            snippets: ['A snippet.'],
            answerRecord,
          },
        ],
        latestMessage,
      },
    },
    { error: { code: 8, message: 'Quota exceeded.' } },
  );
  await fixture.publishInterim(call.shortName, { message: 'm3' }, { transcript: 'and I want' });
  return call;
}

for (const [theme, options] of Object.entries(THEMES)) {
  test(`axe finds nothing serious in the theme ${theme}`, async () => {
    const call = await playCall();
    const found: string[] = [];
    const look = async (page: Page, view: string) => {
      for (const fault of await faultsIn(page)) found.push(`${view}: ${fault}`);
    };
    const empty = await fixture.openDesktopPage('', options);
    await look(empty.page, 'no call');
    const widths = theme === 'light' || process.env.TEST_LONG ? WIDTHS : { wide: WIDTHS.wide };
    for (const [name, width] of Object.entries(widths)) {
      const { page, faults } = await fixture.openCallPage(call, {
        ...options,
        viewport: { width, height: 800 },
      });
      await page.locator('.line').first().waitFor({ state: 'attached' });
      const tabs = page.locator('.call:not([hidden]) .panel-tab');
      for (let index = 0; index < (await tabs.count()); index++) {
        await tabs.nth(index).click();
        await look(page, `${name}, ${await tabs.nth(index).textContent()}`);
      }
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await look(page, `${name}, shortcuts`);
      assert.equal(faults, []);
    }
    assert.equal(found, []);
  });
}

test.run();
