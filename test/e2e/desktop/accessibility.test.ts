// What axe finds in each view, in each theme; at each width in one of them, and in all in the long tests. One page of a
// call goes through them all.
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seriousFaultsIn } from '../../helpers/axe.ts';
import { DesktopPageFixture, type OpenPage } from '../../helpers/desktop-page.ts';

const fixture = new DesktopPageFixture(test);

/** Without motion: axe would measure the contrast of a colour that is still changing. */
const PLAIN = {
  colorScheme: 'light',
  contrast: 'no-preference',
  forcedColors: 'none',
  reducedMotion: 'reduce',
} as const;
const THEMES = {
  light: PLAIN,
  dark: { ...PLAIN, colorScheme: 'dark' },
  'high contrast': { ...PLAIN, contrast: 'more' },
  'dark, high contrast': { ...PLAIN, colorScheme: 'dark', contrast: 'more' },
  'forced colours': { ...PLAIN, forcedColors: 'active' },
} as const;
/** By the layout that the page has at this width. */
const WIDTHS = { wide: 1_280, middle: 800, narrow: 400 };

let empty: OpenPage;
let busy: OpenPage;

test.before(async () => {
  const call = await playCall();
  empty = await fixture.openDesktopPage();
  busy = await fixture.openCallPage(call);
  await busy.page.locator('.card').nth(2).waitFor({ state: 'attached' });
  await busy.page.locator('.line').nth(2).waitFor({ state: 'attached' });
});

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

for (const [theme, media] of Object.entries(THEMES)) {
  test(`axe finds nothing serious in the theme ${theme}`, async () => {
    for (const { faults } of [empty, busy]) faults.length = 0;
    const found: string[] = [];
    const look = async (page: Page, view: string) => {
      for (const fault of await seriousFaultsIn(page)) found.push(`${view}: ${fault}`);
    };
    await empty.page.emulateMedia(media);
    await look(empty.page, 'no call');
    const { page } = busy;
    await page.emulateMedia(media);
    const widths = theme === 'light' || process.env.TEST_LONG ? WIDTHS : { wide: WIDTHS.wide };
    for (const [layout, width] of Object.entries(widths)) {
      await page.setViewportSize({ width, height: 800 });
      await page.locator(`.call:not([hidden]) .panels[data-layout=${layout}]`).waitFor();
      const tabs = page.locator('.call:not([hidden]) .panel-tab');
      for (let index = 0; index < (await tabs.count()); index++) {
        await tabs.nth(index).click();
        await look(page, `${layout}, ${await tabs.nth(index).textContent()}`);
      }
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await look(page, `${layout}, shortcuts`);
      await page.keyboard.press('Escape');
    }
    assert.equal(found, []);
    assert.equal([empty.faults, busy.faults], [[], []]);
  });
}

test.run();
