// The suggestions of a call, from the event to Dialogflow's answer records: through a real relay, in Chromium.
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SuggestionResult } from '../../../scripts/local/dialogflow/types.ts';
import { endCatchUp } from '../../helpers/catch-up-hold.ts';
import { DesktopPageFixture, keepMarks, queryOf, type TestCall } from '../../helpers/desktop-page.ts';
import { until } from '../../helpers/until.ts';

const fixture = new DesktopPageFixture(test);
const WORDS = 'My renewal went up by forty pounds.';

let call: TestCall;
let page: Page;
let faults: string[];
let records = 0;

test.before.each(async () => {
  call = await fixture.startCall();
});

/** Opens the page and lets the customer speak; resolves with the name of the utterance. */
async function start(): Promise<string> {
  ({ page, faults } = await fixture.openCallPage(call));
  return say();
}

async function say(): Promise<string> {
  const name = `${call.name}/messages/m1`;
  const newMessagePayload = { name, content: WORDS, participantRole: 'END_USER' };
  await fixture.publish(call.shortName, { data: { type: 'NEW_MESSAGE', newMessagePayload } });
  return name;
}

const newRecord = () => `${call.name.split('/conversations/')[0]}/answerRecords/record-${++records}`;

/** What Dialogflow has heard about an answer. */
async function feedbackOn(answerRecord: string): Promise<Record<string, unknown>> {
  const { url, token } = fixture.relay;
  const response = await fetch(`${url}/v2beta1/${answerRecord}`, { headers: { authorization: token } });
  const { answerFeedback = {} } = (await response.json()) as { answerFeedback?: Record<string, unknown> };
  return answerFeedback;
}

test('an inserted reply goes into the answer box and is reported as shown and clicked', async () => {
  const latestMessage = await start();
  const answerRecord = newRecord();
  const smartReplyAnswers = [{ reply: 'Let me check that for you.', answerRecord }];
  await fixture.suggest(call, { suggestSmartRepliesResponse: { smartReplyAnswers, latestMessage } });
  await page.getByRole('button', { name: 'Let me check that for you.', exact: true }).click();
  const box = page.getByRole('textbox', { name: 'Answer to the customer' });
  await until(async () => (await box.inputValue()) === 'Let me check that for you.');
  // The two are told independently of each other.
  await until(async () => {
    const { displayed, clicked } = await feedbackOn(answerRecord);
    return displayed === true && clicked === true;
  });
  const { displayTime, clickTime } = await feedbackOn(answerRecord);
  for (const time of [displayTime, clickTime]) assert.ok(Date.parse(String(time)) > 0);
  assert.equal(faults, []);
});

test('a reply that is inserted brings what may follow it, which goes behind it', async () => {
  const latestMessage = await start();
  const smartReplyAnswers = [{ reply: 'Let me check that for you.', answerRecord: newRecord() }];
  await fixture.suggest(call, { suggestSmartRepliesResponse: { smartReplyAnswers, latestMessage } });
  await page.getByRole('button', { name: 'Let me check that for you.', exact: true }).click();
  await page.getByRole('heading', { name: 'Follow up with' }).waitFor();
  await page.getByRole('button', { name: 'It takes a minute at most.', exact: true }).click();
  const box = page.getByRole('textbox', { name: 'Answer to the customer' });
  await until(
    async () => (await box.inputValue()) === 'Let me check that for you. It takes a minute at most.',
  );
  assert.equal(faults, []);
});

test('an intent that is chosen is told to Dialogflow, and its answer comes as a card', async () => {
  const latestMessage = await start();
  const intentSuggestion = { displayName: 'parcel.cancel', description: 'Cancels a parcel.' };
  const dialogflowAssistAnswers = [{ intentSuggestion, answerRecord: newRecord() }];
  await fixture.suggest(call, {
    suggestDialogflowAssistsResponse: { dialogflowAssistAnswers, latestMessage },
  });
  const card = page.locator('.card').filter({ hasText: 'parcel.cancel' });
  await card.getByRole('button', { name: 'Choose this intent' }).click();
  await card.getByText('Chosen. The virtual agent’s answer follows.').waitFor();
  assert.is(await card.getByRole('button', { name: 'Choose this intent' }).count(), 0);
  await page.getByText('I can do that. Shall I go on?').waitFor();
  assert.equal(faults, []);
});

test('a card names its utterance, and a click shows it in the transcript', async () => {
  const latestMessage = await start();
  const faqAnswers = [{ question: 'Why?', answer: 'Repairs cost more.', answerRecord: newRecord() }];
  await fixture.suggest(call, { suggestFaqAnswersResponse: { faqAnswers, latestMessage } });
  const quote = page.locator('.card-quote');
  await keepMarks(page);
  await quote.filter({ hasText: WORDS }).click();
  await page.locator('.line[data-was-marked]').filter({ hasText: WORDS }).waitFor();
});

test('a card that comes before its utterance names it as soon as it is there', async () => {
  ({ page, faults } = await fixture.openCallPage(call));
  const faqAnswers = [{ question: 'Why?', answer: 'Repairs cost more.' }];
  const latestMessage = `${call.name}/messages/m1`;
  await fixture.suggest(call, { suggestFaqAnswersResponse: { faqAnswers, latestMessage } });
  const quote = page.locator('.card-quote');
  await quote.filter({ hasText: 'Utterance not in the transcript' }).waitFor();
  assert.is(await page.locator('a.card-quote').count(), 0, 'there is nothing to show');
  await say();
  await page.locator('a.card-quote').filter({ hasText: WORDS }).waitFor();
});

test('a thumb and what is wrong reach the answer record, each beside the other', async () => {
  const latestMessage = await start();
  const answerRecord = newRecord();
  const faqAnswers = [{ question: 'Why?', answer: 'Repairs cost more.', answerRecord }];
  await fixture.suggest(call, { suggestFaqAnswersResponse: { faqAnswers, latestMessage } });
  await page.getByRole('button', { name: 'Not helpful' }).click();
  await page.getByRole('button', { name: 'Incorrect' }).click();
  // The three are told independently of each other.
  await until(async () => {
    const { correctnessLevel, agentAssistantDetailFeedback, displayed } = await feedbackOn(answerRecord);
    return ![correctnessLevel, agentAssistantDetailFeedback, displayed].includes(undefined);
  });
  const { correctnessLevel, agentAssistantDetailFeedback, displayed } = await feedbackOn(answerRecord);
  assert.is(correctnessLevel, 'NOT_CORRECT');
  assert.equal(agentAssistantDetailFeedback, { documentCorrectness: 'INCORRECT' });
  assert.is(displayed, true);
});

test('a tool call runs with the parameters that the agent edits, and shows its result', async () => {
  const latestMessage = await start();
  const toolCall = {
    tool: 'orders',
    toolDisplayName: 'Orders',
    action: 'refund_order',
    inputParameters: { order_id: 'A-1001', amount: 12.5 },
    answerRecord: newRecord(),
    state: 'NEEDS_CONFIRMATION',
  };
  const generatorSuggestionAnswers = [{ generatorSuggestion: { toolCallInfo: [{ toolCall }] } }];
  // The package's type of a struct is not the JSON of one.
  const result = {
    generateSuggestionsResponse: { generatorSuggestionAnswers, latestMessage },
  } as SuggestionResult;
  await fixture.suggest(call, result);
  const tool = page.locator('.card[data-kind=tool]');
  await tool.getByRole('button', { name: 'Edit' }).click();
  await tool.getByLabel('amount').fill('10');
  await tool.getByRole('button', { name: 'Run' }).click();
  await tool.getByText('Done', { exact: true }).waitFor();
  assert.match((await tool.textContent()) ?? '', /Orders · refund_order[\s\S]*"amount":10/);
  assert.is(await tool.count(), 1);
  assert.is(await tool.getByRole('button', { name: 'Confirm' }).count(), 0);
  assert.equal(faults, []);
});

test('a call joined late has its cards from the history and reports none as displayed', async () => {
  const latestMessage = await say();
  const answerRecord = newRecord();
  const faqAnswers = [{ question: 'Why?', answer: 'Repairs cost more.', answerRecord }];
  await fixture.publish(call.shortName, {
    kind: 'human-agent-assistant-event',
    data: { suggestionResults: [{ suggestFaqAnswersResponse: { faqAnswers, latestMessage } }] },
    // The page knows the relay's clock to a few seconds.
    publishTime: new Date(Date.now() - 60_000).toISOString(),
  });
  const patches: string[] = [];
  ({ page, faults } = await fixture.openDesktopPage(queryOf(call), {}, async (opened) => {
    await fixture.holdFirstCatchUp(opened);
    opened.on('request', (request) => {
      if (request.method() === 'PATCH') patches.push(request.url());
    });
  }));
  await page.locator('.card').waitFor();
  await endCatchUp(page);
  await page.locator('.cards > .notice').filter({ hasText: 'From the history' }).waitFor();
  await page.getByRole('button', { name: 'Helpful', exact: true }).click();
  await until(async () => (await feedbackOn(answerRecord)).correctnessLevel === 'FULLY_CORRECT');
  assert.is((await feedbackOn(answerRecord)).displayed, undefined);
  assert.is(patches.length, 1);
  assert.equal(faults, []);
});

test.run();
