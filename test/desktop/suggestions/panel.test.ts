// The suggestions panel in Chromium, under the content policy of the page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../../helpers/browser.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { until } from '../../helpers/until.ts';
import * as events from './events.ts';
import { record, UTTERANCE } from './events.ts';
import { panelSite } from './panel-site.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TIMEOUT = 'Dialogflow did not answer in time. Try again.';
const CLICKED = 'clicked,clickTime';

const fixture = new Fixture(test);
let browser: Browser;
let url: string;
let page: Page;
let faults: string[];

test.before(async () => {
  browser = fixture.keep(await launchChromium());
  url = `http://127.0.0.1:${await fixture.listen(await panelSite())}/`;
});

async function open(query = '', options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  const context = fixture.keep(await browser.newContext(options));
  page = await context.newPage();
  faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) faults.push(request.url());
  });
  await page.goto(`${url}${query}`);
}

const show = (...results: unknown[]) => page.evaluate((shown) => window.harness.show(shown), results);
const calls = () => page.evaluate(() => window.harness.calls());
/** Without those of cards that came into view: when that happens is not a test's to say. */
const patches = async () =>
  (await page.evaluate(() => window.harness.patches())).filter(([, mask]) => !mask.startsWith('displayed'));
const displayed = async () =>
  (await page.evaluate(() => window.harness.patches()))
    .filter(([, mask]) => mask.startsWith('displayed'))
    .map(([name]) => name);
const button = (name: string | RegExp) => page.getByRole('button', { name });
const card = (kind: string) => page.locator(`.card[data-kind=${kind}]`);

test('a card of every kind is shown, newest first, with the utterance that it answers', async () => {
  await open();
  await show(...events.ALL);
  await show(events.FAQ);
  const kinds = await page
    .locator('.card')
    .evaluateAll((cards) => cards.map((element) => (element as HTMLElement).dataset.kind));
  assert.is(kinds.length, 14);
  assert.is(kinds[0], 'faq');
  assert.match((await card('faq').textContent()) ?? '', /Suggested 2 times/);
  assert.match((await card('unknown').textContent()) ?? '', /suggestHologramsResponse/);
  assert.match((await card('error').textContent()) ?? '', /Quota exceeded for FAQ\./);
  await card('faq').locator('.card-quote').click();
  assert.equal(await calls(), [['jumpTo', UTTERANCE]]);
  assert.equal(faults, []);
});

test('text from outside stays text', async () => {
  await open();
  const evil = '<img src=x onerror="document.title=1"><b>bold</b>';
  const suggestions = JSON.parse(
    JSON.stringify(events.ALL, (_name, value: unknown) =>
      typeof value === 'string' && !value.includes('/') && !/^[A-Z_]+$/.test(value) ? evil : value,
    ),
  );
  await page.evaluate((shown) => window.harness.show(shown), suggestions);
  assert.ok((await page.locator('.card').count()) > 5);
  assert.is(await page.locator('.card :is(img, b, script)').count(), 0);
  assert.is(await page.title(), 'Suggestions');
  assert.equal(faults, []);
});

test('a reply goes into the answer box, its arrow sends it, and both count as one click', async () => {
  await open();
  await show(events.REPLIES);
  await button('Let me check that for you.').first().click();
  await button('Send now: Let me check that for you.').click();
  assert.equal(await calls(), [
    ['insert', 'Let me check that for you.'],
    ['send', 'Let me check that for you.'],
  ]);
  assert.equal(await patches(), [['reply-1', CLICKED]]);
});

test('a card is displayed once it is in view, and one from the history is not', async () => {
  await open('', { viewport: { width: 400, height: 500 } });
  await page.evaluate((shown) => window.harness.show([shown], { isReplayed: true }), events.FAQ);
  const generatorSuggestionAnswers = Array.from({ length: 12 }, (_, index) => ({
    generatorSuggestion: { freeFormSuggestion: { response: `Hint ${index}. `.repeat(20) } },
    answerRecord: record(`hint-${index}`),
  }));
  await show({ generateSuggestionsResponse: { generatorSuggestionAnswers } });
  await until(async () => (await displayed()).includes('hint-0'));
  assert.not.ok((await displayed()).includes('hint-11'));
  await card('hint').last().scrollIntoViewIfNeeded();
  await until(async () => (await displayed()).includes('hint-11'));
  assert.match((await card('faq').textContent()) ?? '', /From history/);
  const records = await displayed();
  assert.is(new Set(records).size, records.length);
  assert.not.ok(records.includes('faq-1'));
});

test('copy says that it has copied, or that the browser denied it', async () => {
  await open();
  await show(events.HINT);
  await button('Copy').click();
  await button('Copied').waitFor();
  await button('Copy').waitFor();
  await page.evaluate(() => window.harness.fail('fault'));
  await button('Copy').click();
  await button('Not copied').waitFor();
  assert.equal(await patches(), [['hint-1', CLICKED]]);
});

test('thumbs down asks what is wrong, and each thing is told once', async () => {
  await open();
  await show(events.FAQ);
  await button('Not helpful').click();
  await button('Hard to use').click();
  await button('Hard to use').click();
  // The rating was given: the other button does nothing any more.
  await button('Helpful').first().click({ force: true });
  assert.is(await button('Not helpful').getAttribute('aria-pressed'), 'true');
  assert.equal(await patches(), [
    ['faq-1', 'correctnessLevel'],
    ['faq-1', 'agentAssistantDetailFeedback.documentEfficiency'],
  ]);
});

test('a source opens, a further query is searched, and both are told', async () => {
  await open();
  await show(events.KNOWLEDGE);
  await page.getByRole('link', { name: 'Price changes' }).click();
  await button('Is there a loyalty discount?').click();
  assert.equal(await calls(), [
    ['open', 'https://help.example.com/prices'],
    ['search', 'Is there a loyalty discount?'],
  ]);
  assert.equal(await patches(), [
    ['knowledge-1', `${CLICKED},agentAssistantDetailFeedback.knowledgeAssistFeedback.clickedUris`],
    ['query-1', CLICKED],
  ]);
});

test('a knowledge assist without an answer says why when it is asked', async () => {
  await open();
  await show(events.NO_KNOWLEDGE);
  await page.getByText('Why is there no answer?').click();
  assert.match(
    await card('empty').innerText(),
    /Nothing in the conversation asks for knowledge\. QUERY_GENERATION_NO_QUERY_GENERATED/,
  );
});

test('coaching folds what was suggested before', async () => {
  await open();
  await show(events.COACHING);
  const coaching = card('coaching');
  assert.not.match(await coaching.innerText(), /Offer the loyalty discount/);
  await coaching.getByText('Already suggested (2)').click();
  assert.match(await coaching.innerText(), /Offer the loyalty discount[\s\S]*You may get 10 % off/);
});

test('a tool call is confirmed once, as it was proposed', async () => {
  await open();
  await show({ generateSuggestionsResponse: { generatorSuggestionAnswers: [toolAnswer({})] } });
  await button('Confirm').dblclick();
  await page.getByText('Sent. The result follows.').waitFor();
  assert.is(await button(/Confirm|Edit|Cancel/).count(), 0);
  const { inputParameters: parameters, answerRecord } = events.TOOL_CALL;
  assert.equal((await calls()).map(withoutTime), [
    ['runTool', { answerRecord, action: 'CONFIRM', parameters }],
  ]);
  await show({
    generateSuggestionsResponse: {
      generatorSuggestionAnswers: [
        toolAnswer({ state: 'TRIGGERED' }, { content: '{"refund_id":"R-1"}', answerRecord }),
      ],
    },
  });
  assert.is(await card('tool').count(), 1);
  assert.match(await card('tool').innerText(), /Done[\s\S]*R-1/);
});

test('an edited tool call with a wrong number says so, and runs when it is right', async () => {
  await open();
  await show({ generateSuggestionsResponse: { generatorSuggestionAnswers: [toolAnswer({})] } });
  await button('Edit').click();
  await page.getByLabel('amount').fill('ten');
  await button('Run').click();
  const field = page.getByLabel('amount');
  assert.match(await card('tool').innerText(), /amount has to be a number\./);
  assert.is(await field.getAttribute('aria-invalid'), 'true');
  assert.is(await field.evaluate((element) => element === document.activeElement), true);
  await field.fill('10');
  await field.press('Enter');
  assert.equal((await calls()).map(withoutTime), [
    [
      'runTool',
      {
        answerRecord: events.TOOL_CALL.answerRecord,
        action: 'CONFIRM',
        parameters: { order_id: 'A-1001', amount: 10, notify: true },
      },
    ],
  ]);
});

test('nested parameters are edited as JSON, with the place of a mistake', async () => {
  await open();
  const inputParameters = { items: [{ price: 12.5 }] };
  await show({
    generateSuggestionsResponse: { generatorSuggestionAnswers: [toolAnswer({ inputParameters })] },
  });
  await button('Edit').click();
  await page.getByLabel('Parameters as JSON').fill('{\n  "items": oops\n}');
  await button('Run').click();
  assert.match(await card('tool').innerText(), /This is not JSON: see line 2, column 12\./);
  await page.getByLabel('Parameters as JSON').fill('[]');
  await button('Run').click();
  assert.match(await card('tool').innerText(), /have to be a JSON object/);
  await page.getByLabel('Parameters as JSON').press('Escape');
  assert.is(await button('Confirm').count(), 1);
});

test('a tool call that could not be sent says why, and may be cancelled', async () => {
  await open();
  await show({ generateSuggestionsResponse: { generatorSuggestionAnswers: [toolAnswer({})] } });
  await page.evaluate(() => window.harness.fail('timeout'));
  await button('Confirm').click();
  await page.getByText(TIMEOUT).waitFor();
  await page.evaluate(() => window.harness.fail(undefined));
  await button('Cancel').click();
  await page.getByText('Cancelled').waitFor();
  assert.is(await button(/Confirm|Edit|Cancel/).count(), 0);
});

test('a guidance marks the passages that its sources support', async () => {
  await open();
  await show(events.GUIDANCE);
  const cited = page.locator('.card[data-kind=guidance] .is-cited');
  assert.is(await cited.textContent(), 'returns are free for 30 days12');
  await cited.getByRole('link', { name: 'Source 2: Consumer law' }).click();
  assert.equal(await calls(), [['open', 'https://example.com/law']]);
  assert.equal(faults, []);
});

test('keys walk the cards and answers, insert, copy, rate and jump', async () => {
  await open();
  await show(events.REPLIES, events.FAQ);
  await card('faq').waitFor();
  await page.keyboard.press('j');
  assert.is(await focusedKind(), 'replies');
  await page.keyboard.press('l');
  await page.keyboard.press('i');
  await page.keyboard.press('j');
  assert.is(await focusedKind(), 'faq');
  for (const key of ['c', '+', 'g', 'k']) await page.keyboard.press(key);
  assert.is(await focusedKind(), 'replies');
  assert.equal(await calls(), [
    ['insert', 'Could you tell me your policy number?'],
    ['copy', 'Open "Your cover" and choose "Renewal details".'],
    ['jumpTo', UTTERANCE],
  ]);
  assert.is(await button('Helpful').first().getAttribute('aria-pressed'), 'true');
});

test('a supervisor sees every card and no button', async () => {
  await open('?supervisor');
  await show(...events.ALL);
  assert.is(await page.locator('.card').count(), 14);
  assert.is(await page.locator('.card button').count(), 0);
  assert.match(await card('replies').innerText(), /Let me check that for you\./);
  assert.equal(await page.evaluate(() => window.harness.patches()), []);
});

test('the panel speaks French', async () => {
  await open('?language=fr-CA');
  await show(...events.ALL);
  assert.match(await card('replies').innerText(), /Réponses rapides/);
  assert.is(await button('Confirmer').count(), 1);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} panel, with all folds open`, async () => {
    await open('', { colorScheme, viewport: { width: 400, height: 900 } });
    await show(...events.ALL);
    await page.evaluate(() => {
      for (const fold of document.querySelectorAll('details')) fold.open = true;
    });
    await button('Not helpful').first().click();
    await button('Edit').first().click();
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => {
      const { violations: found } = await (window as unknown as { axe: Axe }).axe.run(document, {
        // The page around the panel has the landmark and the heading of level 1.
        rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
      });
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    assert.equal(violations, []);
  });
}

interface Axe {
  run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

function toolAnswer(call: object, toolCallResult?: object) {
  const toolCall = { ...events.TOOL_CALL, ...call };
  return {
    generatorSuggestion: { toolCallInfo: [{ toolCall, ...(toolCallResult ? { toolCallResult } : {}) }] },
  };
}

function withoutTime([name, input]: [string, unknown]): [string, object] {
  const { sendTime, ...rest } = input as { sendTime: string };
  assert.ok(Date.parse(sendTime) > 0);
  return [name, rest];
}

function focusedKind(): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.kind);
}

test.run();
