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

test('each field of an answer record is sent once, however often it comes', async () => {
  const { feedback, patches } = recorder();
  for (let time = 0; time < 3; time++) {
    feedback.displayed(ANSWER);
    feedback.used('faq', ANSWER, { how: 'inserted' });
    feedback.used('faq', ANSWER, { how: 'copied' });
    await feedback.rate(ANSWER, 'good');
    await feedback.rate(ANSWER, 'bad');
  }
  assert.equal(patches, [
    [
      'record-1',
      { displayed: true, displayTime: TIME },
      ['answerFeedback.displayed', 'answerFeedback.displayTime'],
    ],
    ['record-1', { clicked: true, clickTime: TIME }, ['answerFeedback.clicked', 'answerFeedback.clickTime']],
    ['record-1', { correctnessLevel: 'FULLY_CORRECT' }, ['answerFeedback.correctnessLevel']],
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
  assert.equal(feedback.opinionOf(ANSWER).value, { faults: [], hasFailed: true });
  api.isDown = false;
  await feedback.rate(ANSWER, 'bad');
  assert.equal(feedback.opinionOf(ANSWER).value, { faults: [], hasFailed: false, rating: 'bad' });
  assert.is(patches.length, 1);
});

test('an opened address is not sent again after a failure: Dialogflow would append it twice', async () => {
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

test('a fault is sent once, and taken back when it could not be sent', async () => {
  const { api, feedback, patches } = recorder();
  await feedback.rate(ANSWER, 'bad');
  await feedback.blame(ANSWER, 'irrelevant');
  await feedback.blame(ANSWER, 'irrelevant');
  api.isDown = true;
  assert.is(await failureOf(feedback.blame(ANSWER, 'incorrect')), '503');
  assert.equal(feedback.opinionOf(ANSWER).value, { rating: 'bad', faults: ['irrelevant'], hasFailed: true });
  assert.is(patches.length, 2);
});

test.run();
