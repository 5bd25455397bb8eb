import { setImmediate } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ToolCard } from '../../../relay/desktop/suggestions/card-types.ts';
import { until } from '../../helpers/until.ts';
import * as events from './events.ts';
import { cardsWith, record, UTTERANCE } from './events.ts';
import { NOW, Recorder } from './recorder.ts';

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('there is none');
  return item;
}

const toolCard = () =>
  cardsWith(events.COACHING).find((card): card is ToolCard => card.kind === 'tool') as ToolCard;
const INPUT = { answerRecord: record('tool-1'), sendTime: NOW };
const CLICKED = 'clicked,clickTime';

test('insert and send hand over the text, and count as one click', () => {
  const page = new Recorder();
  const card = first(cardsWith(events.REPLIES));
  const answer = first(card.answers);
  page.commands().insert(card, answer);
  page.commands().send(card, answer);
  assert.equal(page.calls, [
    ['insert', 'Let me check that for you.'],
    ['send', 'Let me check that for you.'],
  ]);
  assert.equal(page.patches, [['reply-1', CLICKED]]);
});

test('nothing is inserted or sent where the answer box takes no text', () => {
  const page = new Recorder();
  const card = first(cardsWith(events.REPLIES));
  const commands = page.commands();
  page.canInsert.value = false;
  commands.insert(card, first(card.answers));
  commands.send(card, first(card.answers));
  assert.equal(page.calls, []);
  assert.equal(page.patches, []);
});

test('links, summaries and extracted values are not for the answer box', () => {
  const page = new Recorder();
  for (const card of cardsWith(events.ARTICLES, events.SUMMARY, events.ENTITIES))
    for (const answer of card.answers) page.commands().insert(card, answer);
  assert.equal(page.calls, []);
  assert.equal(page.patches, []);
});

test('a copy that the browser denies is shown as such, and is no feedback', async () => {
  const page = new Recorder();
  const card = first(cardsWith(events.HINT));
  const answer = first(card.answers);
  page.failure = new Error('denied');
  await page.commands().copy(card, answer);
  assert.equal(page.state.copied.value, { answer, part: answer.text, isCopied: false });
  page.failure = undefined;
  await page.commands().copy(card, answer);
  assert.is(page.state.copied.value?.isCopied, true);
  assert.equal(page.patches, [['hint-1', CLICKED]]);
});

test('a source opens with feedback, and one without an address does nothing', () => {
  const page = new Recorder();
  const card = first(cardsWith(events.KNOWLEDGE));
  assert.ok(card.kind === 'knowledge');
  const answer = first(card.answers);
  for (const source of answer.sources) page.commands().open(card, answer, source);
  assert.equal(page.calls, [['open', 'https://help.example.com/prices']]);
  assert.equal(page.patches, [
    ['knowledge-1', `${CLICKED},agentAssistantDetailFeedback.knowledgeAssistFeedback.clickedUris`],
  ]);
});

test('a further query is searched for, and counts as a click on its own record', () => {
  const page = new Recorder();
  const card = first(cardsWith(events.KNOWLEDGE));
  assert.ok(card.kind === 'knowledge');
  page.commands().search(card, first(card.furtherQueries));
  assert.equal(page.calls, [['search', 'Is there a loyalty discount?']]);
  assert.equal(page.patches, [['query-1', CLICKED]]);
});

test('a card in view is displayed once a record, and a replayed one is not', () => {
  const page = new Recorder();
  const card = first(cardsWith(events.COACHING));
  page.commands().shown({ ...card, isReplayed: true });
  assert.equal(page.patches, []);
  page.commands().shown(card);
  page.commands().shown(card);
  assert.equal(page.patches, [['coaching-1', 'displayed,displayTime']]);
});

test('jump asks for the utterance that the card answers', () => {
  const page = new Recorder();
  page.commands().jump(first(cardsWith(events.FAQ)));
  assert.equal(page.calls, [['jumpTo', UTTERANCE]]);
});

test('confirm runs the tool with the parameters of the proposal', async () => {
  const page = new Recorder();
  const card = toolCard();
  await page.commands().decide(card, 'confirm', card.call.parameters);
  assert.equal(page.calls, [
    [
      'runTool',
      { ...INPUT, action: 'CONFIRM', parameters: { order_id: 'A-1001', amount: 12.5, notify: true } },
    ],
  ]);
});

test('cancel sends no parameters, and edited parameters go with their action', async () => {
  const page = new Recorder();
  await page.commands().decide(toolCard(), 'cancel', {});
  const other = new Recorder();
  await other.commands().decide(toolCard(), 'revise', { order_id: 'A-2' });
  assert.equal(
    [...page.calls, ...other.calls].map(([, input]) => input),
    [
      { ...INPUT, action: 'CANCEL' },
      { ...INPUT, action: 'REVISE', parameters: { order_id: 'A-2' } },
    ],
  );
});

test('two clicks on confirm run the tool once, also in a panel that was put up again', async () => {
  const page = new Recorder();
  await Promise.all([
    page.commands().decide(toolCard(), 'confirm', {}),
    page.commands().decide(toolCard(), 'confirm', {}),
  ]);
  await page.commands().decide(toolCard(), 'cancel', {});
  assert.is(page.calls.length, 1);
});

test('a tool that could not be run says why, and may be run again', async () => {
  const page = new Recorder();
  page.failure = new Error('Dialogflow did not answer in time');
  await page.commands().decide(toolCard(), 'confirm', {});
  assert.equal(page.commands().runOf(toolCard()).value, { state: 'failed', error: page.failure });
  page.failure = undefined;
  await page.commands().decide(toolCard(), 'confirm', {});
  assert.is(page.commands().runOf(toolCard()).value.state, 'sent');
});

test('in a call that is over no tool runs and no intent is chosen', async () => {
  const page = new Recorder();
  const intent = cardsWith(events.ASSIST)
    .filter((each) => each.kind === 'assist')
    .flatMap(({ answers }) => answers)
    .find(({ isIntent }) => isIntent);
  if (intent === undefined) throw new Error('there is no intent');
  assert.is(page.commands().mayDecide(toolCard()), true);
  page.isEnded.value = true;
  assert.is(page.commands().mayDecide(toolCard()), false);
  await page.commands().decide(toolCard(), 'confirm', {});
  await page.commands().choose(intent);
  assert.equal(page.calls, []);
});

test('a tool with a new result may be run again with other parameters', async () => {
  const page = new Recorder();
  const card = toolCard();
  await page.commands().decide(card, 'confirm', {});
  const done = { ...card, call: { ...card.call, result: { text: 'R-1', isError: false } } };
  assert.is(page.commands().isOpen(card), false);
  assert.is(page.commands().isOpen(done), true);
});

test('a supervisor does nothing but read: no insert, no tool, no feedback', async () => {
  const page = new Recorder();
  const commands = page.commands(true);
  for (const card of cardsWith(...events.ALL)) {
    commands.shown(card);
    for (const answer of card.answers) {
      commands.insert(card, answer);
      commands.send(card, answer);
      await commands.copy(card, answer);
      await commands.rate(answer, 'good');
      await commands.blame(answer, 'irrelevant');
    }
    if (card.kind === 'tool') await commands.decide(card, 'confirm', {});
    if (card.kind === 'knowledge') for (const query of card.furtherQueries) commands.search(card, query);
  }
  assert.equal(page.calls, []);
  const faq = first(cardsWith(events.ARTICLES));
  commands.open(faq, faq.answers[0], { title: '', excerpt: '', href: 'https://help.example.com/' });
  assert.equal(page.calls, [['open', 'https://help.example.com/']]);
  assert.equal(page.patches, []);
});

const following = (...replies: string[]) => ({
  smartReplyAnswers: replies.map((reply) => ({ reply, answerRecord: record(reply) })),
});
const repliesBelow = ({ state }: Recorder) => {
  const found = state.followUps.value;
  return found && [found.below, ...found.card.answers.map(({ text }) => text)];
};

test('a reply that is inserted brings what may follow it, and that its own', async () => {
  const page = new Recorder();
  page.followUpsOf = async (reply) => following(`after ${reply}`);
  const commands = page.commands();
  const card = first(cardsWith(events.REPLIES));
  commands.insert(card, first(card.answers));
  await until(() => page.state.followUps.value !== undefined);
  const second = 'after Let me check that for you.';
  assert.equal(repliesBelow(page), [card.id, second]);
  const next = page.state.followUps.value?.card;
  if (next) commands.insert(next, first(next.answers));
  await until(() => repliesBelow(page)?.[1] === `after ${second}`);
  assert.is(repliesBelow(page)?.[0], card.id);
  assert.equal(page.followed, ['Let me check that for you.', second]);
  assert.equal(
    page.patches.filter(([name]) => name === second).map(([, mask]) => mask),
    ['displayed,displayTime', CLICKED],
  );
});

test('follow-ups of a reply that are late, fail or are none are not shown', async () => {
  const page = new Recorder();
  const late = Promise.withResolvers<object>();
  page.followUpsOf = (reply) =>
    reply.startsWith('Let') ? late.promise : Promise.reject(new Error('no network'));
  const commands = page.commands();
  const card = first(cardsWith(events.REPLIES));
  for (const answer of card.answers) commands.insert(card, answer);
  late.resolve(following('too late'));
  await setImmediate();
  assert.is(page.state.followUps.value, undefined);
  page.followUpsOf = async () => following();
  commands.insert(card, first(card.answers));
  await setImmediate();
  assert.is(page.state.followUps.value, undefined);
});

test('only a reply that is inserted asks for follow-ups, and no supervisor does', () => {
  const page = new Recorder();
  const [faq, replies] = cardsWith(events.FAQ, events.REPLIES);
  if (faq === undefined || replies === undefined) throw new Error('a card is missing');
  page.commands().insert(faq, first(faq.answers));
  page.commands().send(replies, first(replies.answers));
  page.commands(true).insert(replies, first(replies.answers));
  assert.equal(page.followed, []);
});

test('an intent is chosen once by its answer record, and again after a failure', async () => {
  const page = new Recorder();
  const card = cardsWith(events.ASSIST).find((each) => each.kind === 'assist');
  const intent = card?.answers.find(({ isIntent }) => isIntent);
  if (intent === undefined) throw new Error('there is no intent');
  const commands = page.commands();
  page.failure = new Error('no network');
  await commands.choose(intent);
  assert.is(commands.choiceOf(intent).value.state, 'failed');
  page.failure = undefined;
  await Promise.all([commands.choose(intent), commands.choose(intent)]);
  await commands.choose(intent);
  assert.is(commands.choiceOf(intent).value.state, 'sent');
  const choice = ['chooseIntent', { answerRecord: intent.answerRecord, sendTime: NOW }];
  assert.equal(page.calls, [choice, choice]);
  await page.commands(true).choose(intent);
  await commands.choose({ ...intent, answerRecord: undefined } as never);
  assert.is(page.calls.length, 2);
});

test.run();
