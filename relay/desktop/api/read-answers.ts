// Reads Dialogflow's answers that the page shows. A field of another type counts as left out.
import { isObject, type JsonObject, objectAt, objectsAt, textAt } from '../events/json.ts';
import type { SearchKnowledgeAnswer, SearchKnowledgeResponse, SummaryResponse } from './types.ts';

export function searchKnowledgeResponseOf(value: unknown): SearchKnowledgeResponse {
  const response = isObject(value) ? value : {};
  return {
    answers: objectsAt(response, 'answers').map(answerOf),
    rewrittenQuery: textAt(response, 'rewrittenQuery'),
    searchKnowledgeDebugInfo: objectAt(response, 'searchKnowledgeDebugInfo'),
  };
}

function answerOf(answer: JsonObject): SearchKnowledgeAnswer {
  return {
    answer: textAt(answer, 'answer'),
    answerType: textAt(answer, 'answerType'),
    answerSources: objectsAt(answer, 'answerSources'),
    ...answerRecordOf(answer),
  };
}

export function summaryResponseOf(value: unknown): SummaryResponse {
  const response = isObject(value) ? value : {};
  const summary = objectAt(response, 'summary');
  const named = objectAt(summary, 'textSections');
  const sorted = objectsAt(summary, 'sortedTextSections');
  return {
    summary: {
      text: textAt(summary, 'text'),
      textSections: Object.fromEntries(Object.keys(named).map((name) => [name, textAt(named, name)])),
      sortedTextSections: sorted.map((each) => ({
        section: textAt(each, 'section'),
        summary: textAt(each, 'summary'),
      })),
      ...answerRecordOf(summary),
    },
  };
}

/** An empty name is the default of the protos: there is no record. */
function answerRecordOf(object: JsonObject): { answerRecord?: string } {
  const answerRecord = textAt(object, 'answerRecord');
  return answerRecord === '' ? {} : { answerRecord };
}
