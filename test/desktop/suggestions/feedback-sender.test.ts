import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnswerFeedback } from '../../../relay/desktop/suggestions/feedback.ts';
import { Feedback } from '../../../relay/desktop/suggestions/feedback-sender.ts';

const TIME = '2026-03-12T09:16:00.000Z';
const ANSWER = { answerRecord: 'record-1', text: 'Yes.' };

/** A Dialogflow that records patches, and refuses them while `isDown`. */
function recorder() {
  const patches: [string, AnswerFeedback, readonly string[]][] = [];
  const api = { isDown: false, patches };
  const feedback = new Feedback({
    now: () => new Date(TIME),
    async patchAnswerRecord(name, body, updateMask) {
      if (api.isDown) throw new Error('503');
      patches.push([name, body, updateMask]);
    },
  });
  return { api, feedback, patches };
}

const failureOf = (promise: Promise<void>) =>
  promise.then(
    () => undefined,
    (error: Error) => error.message,
  );

/** Until the answers to all patches have been handled. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('that an answer was shown and used is sent once, however often it is', async () => {
  const { feedback, patches } = recorder();
  for (let time = 0; time < 3; time++) {
    feedback.displayed(ANSWER);
    feedback.used('faq', ANSWER, { how: 'inserted' });
    feedback.used('faq', ANSWER, { how: 'copied' });
    await settled();
  }
  assert.equal(patches, [
    [
      'record-1',
      { displayed: true, displayTime: TIME },
      ['answerFeedback.displayed', 'answerFeedback.displayTime'],
    ],
    ['record-1', { clicked: true, clickTime: TIME }, ['answerFeedback.clicked', 'answerFeedback.clickTime']],
  ]);
});

test('a later use of a knowledge answer sends only what is new, each address once', async () => {
  const { feedback, patches } = recorder();
  const open = (uri: string) => feedback.used('knowledge', ANSWER, { how: 'opened', uri });
  open('https://a.example/');
  open('https://a.example/');
  open('https://b.example/');
  feedback.used('knowledge', ANSWER, { how: 'copied' });
  await settled();
  const path = 'answerFeedback.agentAssistantDetailFeedback.knowledgeAssistFeedback';
  assert.equal(
    patches.map(([, , mask]) => mask),
    [
      ['answerFeedback.clicked', 'answerFeedback.clickTime', `${path}.clickedUris`],
      [`${path}.clickedUris`],
      [`${path}.answerCopied`],
    ],
  );
});

test('answers are told apart by their records, and one without is not sent', async () => {
  const { feedback, patches } = recorder();
  feedback.displayed(ANSWER);
  feedback.displayed({ answerRecord: 'record-2', text: '' });
  feedback.displayed({ text: 'without a record' });
  await feedback.rate({ text: 'without a record' }, 'good');
  assert.equal(
    patches.map(([name]) => name),
    ['record-1', 'record-2'],
  );
});

test('a rating that could not be sent is taken back, and may be given again', async () => {
  const { api, feedback, patches } = recorder();
  api.isDown = true;
  assert.is(await failureOf(feedback.rate(ANSWER, 'good')), '503');
  assert.equal(feedback.opinionOf(ANSWER).value, { rating: undefined, faults: [], hasFailed: true });
  api.isDown = false;
  await feedback.rate(ANSWER, 'bad');
  assert.equal(feedback.opinionOf(ANSWER).value, { faults: [], hasFailed: false, rating: 'bad' });
  assert.is(patches.length, 1);
});

test('an opened address is sent once, even after a failure', async () => {
  const { api, feedback, patches } = recorder();
  api.isDown = true;
  feedback.used('knowledge', ANSWER, { how: 'opened', uri: 'https://a.example/' });
  await settled();
  api.isDown = false;
  feedback.used('knowledge', ANSWER, { how: 'opened', uri: 'https://a.example/' });
  await settled();
  assert.equal(
    patches.map(([, body]) => body),
    [{ clicked: true, clickTime: TIME }],
  );
});

const LEVEL = 'answerFeedback.correctnessLevel';
const RELEVANCE = 'answerFeedback.agentAssistantDetailFeedback.answerRelevance';

test('the other thumb changes a rating, and the same one takes it back', async () => {
  const { feedback, patches } = recorder();
  await feedback.rate(ANSWER, 'good');
  await feedback.rate(ANSWER, 'bad');
  await feedback.blame(ANSWER, 'irrelevant');
  await feedback.rate(ANSWER, 'bad');
  assert.equal(
    patches.map(([, { correctnessLevel }, mask]) => [correctnessLevel, mask]),
    [
      ['FULLY_CORRECT', [LEVEL]],
      ['NOT_CORRECT', [LEVEL]],
      [undefined, [RELEVANCE]],
      [undefined, [LEVEL, RELEVANCE]],
    ],
  );
  assert.equal(feedback.opinionOf(ANSWER).value, { rating: undefined, faults: [], hasFailed: false });
});

test('an opinion that changes while it is told is told afterwards, as it is then', async () => {
  const held = Promise.withResolvers<void>();
  const levels: unknown[] = [];
  const feedback = new Feedback({
    async patchAnswerRecord(_name, { correctnessLevel }) {
      levels.push(correctnessLevel);
      if (levels.length === 1) await held.promise;
    },
  });
  const all = (['good', 'good', 'bad'] as const).map((rating) => feedback.rate(ANSWER, rating));
  assert.equal(levels, ['FULLY_CORRECT']);
  held.resolve();
  await Promise.all(all);
  assert.equal(levels, ['FULLY_CORRECT', 'NOT_CORRECT']);
});

test('a fault is taken back by its button, and when it could not be sent', async () => {
  const { api, feedback, patches } = recorder();
  await feedback.rate(ANSWER, 'bad');
  for (let time = 0; time < 3; time++) await feedback.blame(ANSWER, 'irrelevant');
  assert.equal(
    patches.slice(1).map(([, body]) => body.agentAssistantDetailFeedback?.answerRelevance),
    ['IRRELEVANT', undefined, 'IRRELEVANT'],
  );
  api.isDown = true;
  assert.is(await failureOf(feedback.blame(ANSWER, 'incorrect')), '503');
  assert.equal(feedback.opinionOf(ANSWER).value, { rating: 'bad', faults: ['irrelevant'], hasFailed: true });
  assert.is(patches.length, 4);
});

test.run();
