// The panels that act on a conversation, in Chromium: through a real relay to the Dialogflow simulator and back.
import type { Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type PageOptions,
  type PanelsConversation,
  PanelsFixture,
} from '../../helpers/desktop-panels/panels-fixture.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';

const fixture = new PanelsFixture(test);
let relay: TestRelay;
let conversation: PanelsConversation;

test.before(async () => {
  relay = await fixture.pageRelay();
});

test.before.each(async () => {
  conversation = await fixture.conversation();
});

const open = (options: Partial<PageOptions> = {}) =>
  fixture.openPanels(conversation.name, { relay, ...options });

const contents = () => fixture.conversations.messages(conversation.name).map(({ content }) => content);
const answerBox = (page: Page) => page.getByRole('textbox', { name: 'Answer to the customer' });
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const button = (within: Page | Locator, name: string | RegExp) =>
  within.getByRole('button', { name, exact: true });

/** The answer record as Dialogflow has it. */
async function answerRecord(name: string): Promise<{ answerFeedback?: Record<string, unknown> }> {
  const response = await fetch(`${relay.url}/v2beta1/${name}`, { headers: { authorization: relay.token } });
  return (await response.json()) as { answerFeedback?: Record<string, unknown> };
}

test('an answer that is written and sent with Enter comes back in the transcript', async () => {
  const page = await open();
  await answerBox(page).fill('Let me look at that.');
  await answerBox(page).press('Shift+Enter');
  await answerBox(page).pressSequentially('One moment.');
  await answerBox(page).press('Enter');
  await panel(page, 'Transcript').getByText('Let me look at that.').waitFor();
  assert.equal(contents(), ['Let me look at that.\nOne moment.']);
  assert.is(await answerBox(page).inputValue(), '');
});

test('a suggestion that is inserted is edited and sent, with Enter as a new line', async () => {
  const page = await open();
  await answerBox(page).fill('Hello.');
  await page.evaluate(() => globalThis.panels.insert('The parcel arrives today.'));
  assert.is(await answerBox(page).inputValue(), 'Hello. The parcel arrives today.');
  assert.ok(await answerBox(page).evaluate((box) => box === document.activeElement));
  await page.getByLabel('Enter sends').uncheck();
  await answerBox(page).press('End');
  await answerBox(page).press('Enter');
  await answerBox(page).pressSequentially('Bye.');
  assert.equal(contents(), []);
  await answerBox(page).press('Control+Enter');
  await until(() => contents().length === 1, 30_000);
  assert.equal(contents(), ['Hello. The parcel arrives today.\nBye.']);
  await page.reload();
  await page.getByLabel('Enter sends').waitFor();
  assert.not.ok(await page.getByLabel('Enter sends').isChecked());
});

test('in a phone call the box is closed and says why', async () => {
  Object.assign(fixture.conversations.get(conversation.name), { telephonyConnectionInfo: {} });
  const page = await open();
  await page.getByText('This is a phone call: speak to the customer.').waitFor();
  assert.ok(await answerBox(page).isDisabled());
  assert.ok(await button(page, 'Send').isDisabled());
});

test('a quota that is used up keeps the text, says for how long, and sends nothing', async () => {
  const limited = await fixture.pageRelay({ ANALYZE_CONTENT_PER_MINUTE: '1' });
  const page = await open({ relay: limited });
  const sends: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith(':analyzeContent')) sends.push(request.url());
  });
  // Other tests may have used the minute's quota.
  const alert = page.getByRole('alert');
  const texts: string[] = [];
  while ((await alert.count()) === 0) {
    texts.push(`Answer ${texts.length + 1}`);
    await answerBox(page).fill(texts.at(-1) ?? '');
    await answerBox(page).press('Enter');
    await until(() => sends.length === texts.length, 30_000);
    await page.waitForFunction(() => !document.querySelector('textarea[readonly]'));
  }
  await alert.getByText(/^The quota of the project is used up\. Try again in \d+ s\.$/).waitFor();
  assert.ok(await button(page, /^Send in \d+ s$/).isDisabled());
  await answerBox(page).press('Enter');
  const refused = texts.pop();
  assert.is(await answerBox(page).inputValue(), refused);
  assert.equal(contents().reverse(), texts);
  assert.is(sends.length, texts.length + 1);
});

test('a search shows answers with sources, and tells what the agent did with them', async () => {
  const page = await open();
  const search = panel(page, 'Search');
  await search.getByRole('searchbox').fill('delivery time');
  await search.getByRole('searchbox').press('Enter');
  await search.getByText('1 answer to “delivery time”').waitFor();
  await search.getByText('Deliveries take three days.', { exact: true }).waitFor();
  await button(search, 'Show the passage').click();
  await search.getByText(/Returns are free for 30 days/).waitFor();
  await search.getByRole('link', { name: 'Shipping and returns' }).click();
  await button(search, 'Copy').click();
  await button(search, 'Copied').waitFor();
  await button(search, 'Insert').click();
  assert.is(await answerBox(page).inputValue(), 'Deliveries take three days.');
  await button(search, 'Helpful').click();
  const { opened, copied, told } = await page.evaluate(() => globalThis.panels);
  assert.equal(opened, ['https://example.com/shipping']);
  assert.equal(copied, ['Deliveries take three days.']);
  assert.equal(
    told
      .map(([what, kind, , use]) => [what, use ?? kind].flat())
      .map(([what, use]) => [what, (use as { how?: string }).how]),
    [
      ['displayed', undefined],
      ['used', 'opened'],
      ['used', 'copied'],
      ['used', 'inserted'],
      ['rate', undefined],
    ],
  );
});

test('a search that finds nothing says why, and a suggested query is searched for', async () => {
  const page = await open();
  const search = panel(page, 'Search');
  await search.getByRole('searchbox').fill('nothing');
  await search.getByRole('searchbox').press('Enter');
  await search.getByText('Nothing was found for “nothing”. Try other words.').waitFor();
  await search.getByText('Why is there no answer?').click();
  await search.getByText('The search found no document.').waitFor();
  const request = page.waitForRequest((each) => each.url().endsWith(':searchKnowledge'));
  await page.evaluate(() => globalThis.panels.suggest('returns'));
  assert.is((await request).postDataJSON().querySource, 'SUGGESTED_QUERY');
  await search.getByText('1 answer to “returns”').waitFor();
  assert.is(await search.getByRole('searchbox').inputValue(), 'returns');
});

test('a clipboard that is denied is told', async () => {
  const page = await open({ query: { 'deny-copy': '' } });
  const search = panel(page, 'Search');
  await search.getByRole('searchbox').fill('delivery');
  await search.getByRole('searchbox').press('Enter');
  await button(search, 'Copy').click();
  await button(search, 'The browser denies it').waitFor();
});

test('a summary is generated, edited, copied and submitted as feedback', async () => {
  const page = await open();
  const summary = panel(page, 'Summary');
  const response = page.waitForResponse((each) => each.url().endsWith(':suggestConversationSummary'));
  await button(summary, 'Summarize the conversation').click();
  const record = String((await (await response).json()).summary.answerRecord);
  await summary.getByLabel('Action').fill('The agent found the parcel.');
  await button(summary, 'Copy').click();
  await button(summary, 'Submit').click();
  await summary.getByText('Dialogflow has your summary.').waitFor();
  assert.ok(await button(summary, 'Submitted').isDisabled());
  const [copied] = await page.evaluate(() => globalThis.panels.copied);
  assert.match(copied ?? '', /^Situation\nThe customer asks.*\n\nAction\nThe agent found the parcel\.\n\n/);
  assert.equal((await answerRecord(record)).answerFeedback, {
    agentAssistantDetailFeedback: {
      summarizationFeedback: {
        summaryText: copied,
        textSections: {
          Situation: 'The customer asks when a parcel arrives.',
          Action: 'The agent found the parcel.',
          Resolution: 'Y',
        },
      },
    },
  });
});

test('an edited summary is not replaced without a question', async () => {
  const page = await open();
  const summary = panel(page, 'Summary');
  await button(summary, 'Summarize the conversation').click();
  await summary.getByLabel('Action').fill('Mine');
  await button(summary, 'Summarize again').click();
  await page.getByRole('dialog', { name: 'Summarize again?' }).waitFor();
  await page.keyboard.press('Escape');
  assert.is(await summary.getByLabel('Action').inputValue(), 'Mine');
  await button(summary, 'Summarize again').click();
  await button(page, 'Replace my changes').click();
  await until(async () => (await summary.getByLabel('Action').inputValue()) !== 'Mine', 30_000);
});

test('a call is completed after a question alone', async () => {
  const page = await open();
  await button(page, 'Complete the call').click();
  const dialog = page.getByRole('dialog', { name: 'Complete this call?' });
  assert.ok(await button(dialog, 'Go back').evaluate((element) => element === document.activeElement));
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  assert.is(fixture.conversations.get(conversation.name).lifecycleState, 'IN_PROGRESS');
  await button(page, 'Complete the call').click();
  await button(dialog, 'Complete the call').click();
  await page.getByText('The call is completed.').waitFor();
  assert.is(fixture.conversations.get(conversation.name).lifecycleState, 'COMPLETED');
});

test('a call that Dialogflow refuses to complete stays open, and says why', async () => {
  const page = await open();
  await page.route('**/*:complete', (route) =>
    route.fulfill({ status: 502, json: { error: { code: 502, status: 'UNAVAILABLE', message: 'no' } } }),
  );
  await button(page, 'Complete the call').click();
  await button(page.getByRole('dialog'), 'Complete the call').click();
  await page.getByText('Dialogflow cannot be reached right now.').waitFor();
  await page.unroute('**/*:complete');
  await button(page, 'Try again').click();
  await page.getByText('The call is completed.').waitFor();
});

test.run();
