// What an agent does in a call: replies, feedback, search, summary, companion, tools, and all of it by keyboard.
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SuggestionResult } from '../../../scripts/local/dialogflow/types.ts';
import { DesktopPageFixture, keepMarks, type OpenPage, type TestCall } from '../../helpers/desktop-page.ts';
import { until } from '../../helpers/until.ts';

const fixture = new DesktopPageFixture(test);
let call: TestCall;
let page: Page;
let faults: string[];
/** Bodies of the calls to Dialogflow, by the last part of their path. */
let calls: { url: string; body: unknown }[];

test.before.each(async () => {
  call = await fixture.startCall();
  watch(await fixture.openCallPage(call));
});

function watch(opened: OpenPage): void {
  ({ page, faults } = opened);
  calls = [];
  page.on('request', (request) => {
    const body = request.postData();
    if (request.url().includes('/v2'))
      calls.push({ url: request.url(), body: body === null ? undefined : JSON.parse(body) });
  });
}

const record = (id: string) => call.name.replace(/conversations.*/, `answerRecords/${id}`);
const suggestReplies = (...replies: string[]) =>
  fixture.suggest(call, {
    suggestSmartRepliesResponse: {
      smartReplyAnswers: replies.map((reply, index) => ({
        reply,
        confidence: 0.9 - index / 10,
        answerRecord: record(`reply-${index}`),
      })),
    },
  });
const patchesOf = (id: string) =>
  calls
    .filter(({ url }) => url.includes(`answerRecords/${id}`))
    .flatMap(({ url }) => (new URL(url).searchParams.get('updateMask') ?? '').split(','));

test('a reply is clicked, edited and sent, and the feedback says that it was used', async () => {
  await suggestReplies('Let me look at both payments.', 'Which ticket is it?');
  await page.getByRole('button', { name: 'Let me look at both payments.', exact: true }).click();
  const box = page.getByLabel('Answer to the customer');
  await until(async () => (await box.inputValue()) === 'Let me look at both payments.');
  await box.press('End');
  await box.pressSequentially(' One moment.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.line', { hasText: 'Let me look at both payments. One moment.' }).waitFor();
  // The message may come before Dialogflow's answer, which empties the box.
  await until(async () => (await box.inputValue()) === '');
  const sent = calls.filter(({ url }) => url.includes(':analyzeContent'));
  assert.is(sent.length, 1);
  assert.match(sent[0]?.url ?? '', 'participants/agent:analyzeContent');
  await until(() => patchesOf('reply-0').includes('answerFeedback.clicked'));
  assert.is(patchesOf('reply-0').filter((path) => path === 'answerFeedback.clicked').length, 1);
  assert.equal(faults, []);
});

test('a whole call by keyboard: card, insert, send, thumbs, search, help, end', async () => {
  await fixture.conversations.say(call.customer, 'The same ticket was charged twice.', 'm1');
  await page.locator('.line').first().waitFor();
  await fixture.suggest(call, {
    suggestFaqAnswersResponse: {
      faqAnswers: [
        { question: 'Charged twice?', answer: 'One payment is a reservation.', answerRecord: record('faq') },
      ],
      latestMessage: `${call.name}/messages/m1`,
    },
  });
  await page.locator('article.card').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('+');
  await until(() => patchesOf('faq').includes('answerFeedback.correctnessLevel'));
  await keepMarks(page);
  await page.keyboard.press('g');
  await page.locator('.line[data-was-marked]').waitFor();
  await page.keyboard.press('i');
  const box = page.getByLabel('Answer to the customer');
  await until(async () => (await box.inputValue()) === 'One payment is a reservation.');
  await until(() => box.evaluate((element) => element === document.activeElement));
  await page.keyboard.press('Control+Enter');
  await page.locator('.line', { hasText: 'One payment is a reservation.' }).waitFor();
  await until(async () => (await box.inputValue()) === '');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  const search = page.getByLabel('Search the transcript').locator('visible=true');
  await until(() => search.evaluate((element) => element === document.activeElement));
  await page.keyboard.type('ticket');
  await page.getByText('1 of 1 match').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  assert.equal(faults, []);
});

const toolCard = () => page.locator('.card[data-kind=tool]');

/** Shows a tool's call that waits for the agent. */
async function proposeTool(): Promise<void> {
  const toolCall = {
    tool: 'orders',
    toolDisplayName: 'Orders',
    action: 'refund_order',
    inputParameters: { order_id: 'A-1001' },
    answerRecord: record('tool'),
    state: 'NEEDS_CONFIRMATION',
  };
  await fixture.suggest(call, {
    generateSuggestionsResponse: {
      generatorSuggestionAnswers: [{ generatorSuggestion: { toolCallInfo: [{ toolCall }] } }],
    },
  } as SuggestionResult);
  await toolCard().getByText('Waits for your decision').waitFor();
}

const decisions = () => calls.filter(({ body }) => JSON.stringify(body)?.includes('suggestionInput'));

test('a key confirms a tool when it is pressed twice, and another one ends the call', async () => {
  await proposeTool();
  await page.keyboard.press('y');
  await page.locator('[data-decision=confirm]:focus').waitFor();
  assert.equal(decisions(), []);
  await page.keyboard.press('y');
  await toolCard().getByText('Done', { exact: true }).waitFor();
  assert.is(decisions().length, 1);
  await page.locator('.card[data-kind=tool]:focus').waitFor();
  await page.keyboard.press('q');
  await page.getByRole('dialog', { name: 'Complete this call?' }).waitFor();
  await page.locator('button:focus', { hasText: 'Go back' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('.lifecycle', { hasText: 'Finished' }).waitFor();
  assert.equal(faults, []);
});

test('a tool that waits in a call that is over cannot be decided any more', async () => {
  await proposeTool();
  assert.is(await toolCard().getByRole('button', { name: 'Do not run' }).count(), 1);
  await fixture.conversations.complete(call.name);
  await toolCard().getByText('Not run', { exact: true }).waitFor();
  assert.is(await toolCard().locator('[data-decision]').count(), 0);
});

test('what failed while the relay was away may be tried again when the page is live', async () => {
  await page.route('**/*:analyzeContent', (route) => route.abort());
  const box = page.getByLabel('Answer to the customer');
  await box.fill('One moment, please.');
  await box.press('Control+Enter');
  const problem = page.locator('.answer .problem');
  await problem.getByText('The relay did not answer.').waitFor();
  await page.unroute('**/*:analyzeContent');
  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await page.getByRole('button', { name: 'Try now' }).click();
  await problem.getByText('The connection is back. Try again.').waitFor();
  assert.is(await box.inputValue(), 'One moment, please.');
  await box.press('Control+Enter');
  await page.locator('.line', { hasText: 'One moment, please.' }).waitFor();
  await problem.waitFor({ state: 'detached' });
});

test('Escape as an answer ends stays in the box of the next question', async () => {
  const question = page.getByLabel('Question to the companion');
  await question.fill('Are returns free?');
  await question.evaluate((box) => {
    // Within the page, so that the key comes at once.
    const observer = new MutationObserver(() => {
      if (document.querySelector('.turn[data-state=done]') === null) return;
      observer.disconnect();
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
      document.body.dataset.escaped = 'true';
    });
    observer.observe(document.body, { attributes: true, childList: true, subtree: true });
  });
  await question.press('Enter');
  await page.locator('[data-escaped]').waitFor();
  // Outside of the box these letters would be shortcuts, such as the one that goes to the answer box.
  await page.keyboard.type('a refund?');
  assert.is(await question.inputValue(), 'a refund?');
  await page.keyboard.press('Escape');
  assert.is(await question.evaluate((element) => element === document.activeElement), false);
});

test('the companion answers with its source, and the answer goes into the box', async () => {
  await page.getByLabel('Question to the companion').fill('Are returns free?');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Returns are free for 30 days.').first().waitFor();
  await page.getByRole('link', { name: 'Shipping and returns' }).first().waitFor();
  await page.locator('.companion').getByRole('button', { name: 'Insert' }).click();
  const box = page.getByLabel('Answer to the customer');
  await until(async () => (await box.inputValue()).includes('Returns are free'));
  assert.equal(faults, []);
});

test('a query that a card proposes is searched for in the panel of the search', async () => {
  await fixture.suggest(call, {
    suggestKnowledgeAssistResponse: {
      knowledgeAssistAnswer: { suggestedQuery: { queryText: 'How long does a delivery take?' } },
    },
  });
  await page
    .locator('.card')
    .getByRole('button', { name: /Search/ })
    .first()
    .click();
  await page.locator('.found-answers').getByText('Deliveries take three days.').waitFor();
  const searches = calls.filter(({ url }) => url.includes('searchKnowledge'));
  assert.match(JSON.stringify(searches[0]?.body), '"querySource":"SUGGESTED_QUERY"');
  assert.equal(faults, []);
});

test('a summary is made and submitted, and the call is completed', async () => {
  await page.keyboard.press('5');
  await page.getByRole('button', { name: 'Summarize the conversation' }).click();
  await page.getByLabel('Situation').fill('The customer asks for a refund.');
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await page.getByText('Dialogflow has your summary.').waitFor();
  const patch = calls.find(({ url }) => url.includes('summarizationFeedback'));
  assert.match(JSON.stringify(patch?.body), 'The customer asks for a refund.');
  await page.getByRole('button', { name: 'Complete the call' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Complete the call' }).click();
  await page.locator('.lifecycle', { hasText: 'Finished' }).waitFor();
  await page.getByText('This conversation is over.').waitFor();
  assert.equal(faults, []);
});

test('a supervisor sees the call and nothing that acts on it', async () => {
  const watched = await fixture.pages.take();
  const token = fixture.token('test:supervisor', { role: 'supervisor' });
  await watched.route('**/register', (route) => route.fulfill({ json: { token } }));
  await watched.goto(page.url());
  await fixture.conversations.say(call.customer, 'Hello?', 'm1');
  await suggestReplies('Hello!');
  await watched.locator('.line').first().waitFor();
  await watched.locator('.card').first().waitFor();
  const buttons = await watched
    .locator('.call button:visible')
    .evaluateAll((all) => all.map((button) => button.getAttribute('aria-label') ?? button.textContent));
  assert.equal(buttons, ['Close this call']);
  assert.is(await watched.locator('.call textarea, .call form').count(), 0);
});

test('a finished call takes no insert, and a draft that is left can be discarded', async () => {
  await suggestReplies('Let me look at both payments.');
  const reply = page.getByRole('button', { name: 'Let me look at both payments.', exact: true });
  await reply.click();
  await fixture.conversations.complete(call.name);
  await page.locator('.answer-reason', { hasText: 'This conversation is over.' }).waitFor();
  assert.is(await reply.count(), 0);
  assert.is(await page.getByLabel('Question to the companion').isEnabled(), false);
  assert.is(await page.getByRole('button', { name: 'Send', exact: true }).isEnabled(), false);
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.locator('.answer-none', { hasText: 'This conversation is over.' }).waitFor();
  assert.equal(faults, []);
});

test.run();
