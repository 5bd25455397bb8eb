import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Searcher } from '../../../relay/desktop/actions/searcher.ts';
import {
  isEdited,
  type SummaryDraft,
  submittedSummary,
  summaryDraftOf,
  summaryText,
  withSection,
} from '../../../relay/desktop/actions/summary-draft.ts';
import type { SearchKnowledgeResponse, SummaryResponse } from '../../../relay/desktop/api/types.ts';

const SORTED: SummaryResponse = {
  summary: {
    text: 'all',
    textSections: { B: 'two', A: 'one' },
    sortedTextSections: [{ section: 'A', summary: 'one' }, { section: 'B' }],
    answerRecord: 'r',
  },
};

function draftOf(response: SummaryResponse): SummaryDraft {
  const draft = summaryDraftOf(response, 5);
  if (draft === undefined) throw new Error('no draft');
  return draft;
}

test('sorted sections are taken before a map, and a map before the text', () => {
  const { sortedTextSections: _sorted, ...mapped } = SORTED.summary ?? {};
  const sections = (summary: SummaryResponse['summary']) => draftOf(summary ? { summary } : {}).sections;
  assert.equal(sections(SORTED.summary), [
    { section: 'A', text: 'one' },
    { section: 'B', text: '' },
  ]);
  assert.equal(sections(mapped), [
    { section: 'B', text: 'two' },
    { section: 'A', text: 'one' },
  ]);
  assert.equal(sections({ text: 'all' }), [{ section: '', text: 'all' }]);
  for (const empty of [{}, { summary: {} }, { summary: { text: '' } }]) {
    assert.is(summaryDraftOf(empty, 5), undefined);
  }
});

test('an edit changes one section, and an edit back is none', () => {
  const draft = draftOf(SORTED);
  const edited = withSection(draft, 1, 'three');
  assert.is(summaryText(edited), 'A\none\n\nB\nthree');
  assert.equal(
    [isEdited(draft), isEdited(edited), isEdited(withSection(edited, 1, ''))],
    [false, true, false],
  );
});

test('what is submitted has the text, the named sections and both times', () => {
  const edited = withSection(draftOf(SORTED), 1, 'three');
  assert.equal(submittedSummary(edited, new Date(9)), {
    text: 'A\none\n\nB\nthree',
    sections: { A: 'one', B: 'three' },
    startedAt: new Date(5),
    submittedAt: new Date(9),
  });
  assert.equal(submittedSummary(draftOf({ summary: { text: 'all' } }), new Date(9)).sections, {});
});

test('an answer to an earlier query that comes late is passed over', async () => {
  const answers: ((response: SearchKnowledgeResponse) => void)[] = [];
  const searcher = new Searcher(() => new Promise((resolve) => answers.push(resolve)));
  const first = searcher.search('first', 'AGENT_QUERY');
  const second = searcher.search(' second ', 'AGENT_QUERY');
  answers[1]?.({ rewrittenQuery: '2' });
  answers[0]?.({ rewrittenQuery: '1' });
  await Promise.all([first, second]);
  assert.equal(searcher.state.value, { is: 'found', query: 'second', response: { rewrittenQuery: '2' } });
});

test('a search that fails keeps its query and source; an empty one is not sent', async () => {
  let searches = 0;
  const searcher = new Searcher(() => Promise.reject(++searches));
  await searcher.search('q', 'SUGGESTED_QUERY');
  assert.equal(searcher.state.value, { is: 'failed', query: 'q', source: 'SUGGESTED_QUERY', error: 1 });
  await searcher.search('  ', 'AGENT_QUERY');
  assert.is(searches, 1);
  searcher.clear();
  assert.equal(searcher.state.value, { is: 'idle' });
});

test.run();
