import type { CardBody, KnowledgeAnswer, KnowledgeOrigin, Source, SuggestedQuery } from './card-types.ts';
import { isObject, list, object, optional, text } from './json.ts';
import { reasonsOf } from './reasons.ts';
import { snippetSources } from './sources.ts';

/** SuggestKnowledgeAssistResponse: a query with its answer, and further queries without one. */
export function knowledgeAssist(value: unknown): CardBody[] {
  const response = object(value);
  const assist = object(response.knowledgeAssistAnswer);
  const latest = optional('latestMessage', response.latestMessage);
  const record = optional('answerRecord', assist.answerRecord);
  const query = queryOf(assist.suggestedQuery, record);
  const answers = answersOf(assist.suggestedQueryAnswer, record);
  const furtherQueries = list(response.additionalSuggestedQueryResults).flatMap((item) => {
    const further = object(item);
    return queryOf(further.suggestedQuery, optional('answerRecord', further.answerRecord)) ?? [];
  });
  const reasons = reasonsOf(assist.knowledgeAssistDebugInfo);
  if (answers.length > 0 || query || furtherQueries.length > 0) {
    const asked = query ? { query } : {};
    return [{ kind: 'knowledge', answers, ...asked, furtherQueries, reasons, ...latest }];
  }
  return reasons.length > 0 ? [{ kind: 'empty', answers: [], reasons, ...latest }] : [];
}

function queryOf(value: unknown, record: { answerRecord?: string }): SuggestedQuery | undefined {
  const { queryText, searchContexts } = object(value);
  if (text(queryText) === '') return undefined;
  const contexts = list(searchContexts)
    .map(object)
    .map((context) => ({ name: text(context.key), value: text(context.value) }))
    .filter((context) => context.value !== '');
  return { text: text(queryText), contexts, ...record };
}

function answersOf(value: unknown, record: { answerRecord?: string }): KnowledgeAnswer[] {
  const answer = object(value);
  const { origin, originName, sources } = originOf(answer);
  if (text(answer.answerText) === '' && sources.length === 0) return [];
  return [{ text: text(answer.answerText), origin, originName, sources, ...record }];
}

function originOf(answer: Readonly<Record<string, unknown>>): {
  origin: KnowledgeOrigin;
  originName: string;
  sources: Source[];
} {
  const { faqSource, eventSource, playbookSource, generativeSource } = answer;
  if (isObject(faqSource)) return { origin: 'faq', originName: text(faqSource.question), sources: [] };
  if (isObject(eventSource)) {
    const { event, snippets } = eventSource;
    return { origin: 'event', originName: text(event), sources: snippetSources(snippets) };
  }
  if (isObject(playbookSource))
    return { origin: 'playbook', originName: '', sources: snippetSources(playbookSource) };
  const origin = isObject(generativeSource) ? 'generative' : 'unknown';
  return { origin, originName: '', sources: snippetSources(generativeSource) };
}
