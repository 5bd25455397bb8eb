import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { searchKnowledgeResponseOf, summaryResponseOf } from '../../../relay/desktop/api/read-answers.ts';

const NOTHING_FOUND = { answers: [], rewrittenQuery: '', searchKnowledgeDebugInfo: {} };
const EMPTY_SUMMARY = { summary: { text: '', textSections: {}, sortedTextSections: [] } };

for (const answer of [
  null,
  [],
  'text',
  5,
  {},
  { answers: null },
  { answers: 'x' },
  { answers: [null, []] },
]) {
  test(`a search answered with ${JSON.stringify(answer)} has found nothing`, () => {
    assert.equal(searchKnowledgeResponseOf(answer), NOTHING_FOUND);
  });
}

for (const answer of [null, [], { summary: null }, { summary: { text: 5, textSections: ['x', null] } }]) {
  test(`the summary ${JSON.stringify(answer)} has no text`, () => {
    const { text, sortedTextSections } = summaryResponseOf(answer).summary ?? {};
    assert.equal({ text, sortedTextSections }, { text: '', sortedTextSections: [] });
  });
}

test('a field of a search answer with another type counts as left out', () => {
  const answers = [
    { answer: { a: 1 }, answerType: 5, answerSources: [null, { title: 'T' }], answerRecord: [] },
  ];
  assert.equal(searchKnowledgeResponseOf({ answers, rewrittenQuery: {} }), {
    ...NOTHING_FOUND,
    answers: [{ answer: '', answerType: '', answerSources: [{ title: 'T' }] }],
  });
});

test('a field of a summary with another type counts as left out', () => {
  const summary = {
    textSections: { Action: null },
    sortedTextSections: [5, { section: 'Action', summary: [] }],
  };
  assert.equal(summaryResponseOf({ summary: { ...summary, answerRecord: '' } }), {
    summary: {
      ...EMPTY_SUMMARY.summary,
      textSections: { Action: '' },
      sortedTextSections: [{ section: 'Action', summary: '' }],
    },
  });
});

test.run();
