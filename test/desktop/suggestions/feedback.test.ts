import type { protos } from '@google-cloud/dialogflow';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  displayedFields,
  type FeedbackKind,
  faultsOf,
  type Judgement,
  judgedFields,
  patchOf,
  summaryFields,
  usedFields,
} from '../../../relay/desktop/suggestions/feedback.ts';

type V2 = protos.google.cloud.dialogflow.v2.AgentAssistantFeedback.ISummarizationFeedback;
type V2beta1 = protos.google.cloud.dialogflow.v2beta1.AgentAssistantFeedback.ISummarizationFeedback;

const AT = new Date('2026-03-12T09:16:00Z');
const TIME = '2026-03-12T09:16:00.000Z';

test('a card in view is displayed, with the time', () => {
  assert.equal(patchOf(displayedFields(AT)), {
    feedback: { displayed: true, displayTime: TIME },
    updateMask: ['answerFeedback.displayed', 'answerFeedback.displayTime'],
  });
});

test('a use of any kind is a click, with the time', () => {
  for (const kind of ['replies', 'articles', 'faq', 'hint', 'coaching', 'guidance'] as const) {
    assert.equal(patchOf(usedFields(kind, { how: 'inserted' }, AT)), {
      feedback: { clicked: true, clickTime: TIME },
      updateMask: ['answerFeedback.clicked', 'answerFeedback.clickTime'],
    });
  }
});

test("a copied or opened knowledge answer sends its feature's feedback", () => {
  const messages: [FeedbackKind, string][] = [
    ['knowledge', 'knowledgeAssistFeedback'],
    ['search', 'knowledgeSearchFeedback'],
  ];
  for (const [kind, message] of messages) {
    const path = `answerFeedback.agentAssistantDetailFeedback.${message}`;
    const copied = patchOf(usedFields(kind, { how: 'copied' }, AT));
    assert.equal(copied.feedback.agentAssistantDetailFeedback, { [message]: { answerCopied: true } });
    assert.is(copied.updateMask.at(-1), `${path}.answerCopied`);
    const opened = patchOf(usedFields(kind, { how: 'opened', uri: 'https://a.example/' }, AT));
    assert.equal(opened.feedback.agentAssistantDetailFeedback, {
      [message]: { clickedUris: ['https://a.example/'] },
    });
    assert.is(opened.updateMask.at(-1), `${path}.clickedUris`);
  }
});

const UNJUDGED: Judgement = { faults: [] };

test('thumbs are the correctness level', () => {
  assert.equal(patchOf(judgedFields(UNJUDGED, { rating: 'good', faults: [] })), {
    feedback: { correctnessLevel: 'FULLY_CORRECT' },
    updateMask: ['answerFeedback.correctnessLevel'],
  });
  const bad = patchOf(judgedFields(UNJUDGED, { rating: 'bad', faults: [] }));
  assert.equal(bad.feedback, { correctnessLevel: 'NOT_CORRECT' });
});

test('a judgement that is taken back clears its fields, and names them in the mask', () => {
  const before: Judgement = { rating: 'bad', faults: ['incorrect', 'irrelevant'] };
  const { feedback, updateMask } = patchOf(judgedFields(before, { faults: ['incorrect'] }));
  // What JSON leaves out is the default of the protos.
  assert.equal(JSON.parse(JSON.stringify(feedback)), { agentAssistantDetailFeedback: {} });
  assert.equal(updateMask, [
    'answerFeedback.correctnessLevel',
    'answerFeedback.agentAssistantDetailFeedback.answerRelevance',
  ]);
  assert.equal(judgedFields(before, before), []);
});

test('only answers from documents take faults, and knowledge only its relevance', () => {
  assert.equal(faultsOf('articles'), ['irrelevant', 'incorrect', 'inefficient']);
  assert.equal(faultsOf('faq'), ['irrelevant', 'incorrect', 'inefficient']);
  assert.equal(faultsOf('knowledge'), ['irrelevant']);
  assert.equal(faultsOf('replies'), []);
  const patches = (['irrelevant', 'incorrect', 'inefficient'] as const).map((fault) =>
    patchOf(judgedFields({ rating: 'bad', faults: [] }, { rating: 'bad', faults: [fault] })),
  );
  assert.equal(
    patches.map(({ feedback }) => feedback.agentAssistantDetailFeedback),
    [
      { answerRelevance: 'IRRELEVANT' },
      { documentCorrectness: 'INCORRECT' },
      { documentEfficiency: 'INEFFICIENT' },
    ],
  );
});

test('a submitted summary has its times under the names of the API version', () => {
  const summary = {
    text: 'Situation\nA price went up.',
    sections: { Situation: 'A price went up.' },
    startedAt: new Date('2026-03-12T09:15:00Z'),
    submittedAt: AT,
  };
  const feedbackOf = (version: 'v2' | 'v2beta1') =>
    patchOf(summaryFields(version, summary)).feedback.agentAssistantDetailFeedback?.summarizationFeedback;
  // The types of Google's package hold the names to its protos.
  const v2: { [Name in keyof V2]: unknown } = {
    startTime: '2026-03-12T09:15:00.000Z',
    submitTime: TIME,
    summaryText: summary.text,
    textSections: summary.sections,
  };
  const v2beta1: { [Name in keyof V2beta1]: unknown } = {
    startTimestamp: '2026-03-12T09:15:00.000Z',
    submitTimestamp: TIME,
    summaryText: summary.text,
    textSections: summary.sections,
  };
  assert.equal(feedbackOf('v2'), v2);
  assert.equal(feedbackOf('v2beta1'), v2beta1);
  const path = 'answerFeedback.agentAssistantDetailFeedback.summarizationFeedback';
  assert.equal(patchOf(summaryFields('v2', summary)).updateMask, [
    `${path}.startTime`,
    `${path}.submitTime`,
    `${path}.summaryText`,
    `${path}.textSections`,
  ]);
});

test.run();
