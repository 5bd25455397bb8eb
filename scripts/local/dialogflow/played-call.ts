// What the simulator answers about a call that is played, so that the answers are about that call.
import { list, member, text } from './json-members.ts';
import type { MessageJson, SuggestionResult } from './types.ts';

export interface Section {
  section: string;
  summary: string;
}

/** An answer of the knowledge base, with what it is from. */
export interface Found {
  answer: string;
  title: string;
  uri?: string;
  snippet: string;
}

/**
 * The sections of a summary, in the words of the call; none where the customer has said nothing.
 *
 * @param messages newest first.
 */
export function summarySections(messages: readonly MessageJson[]): Section[] {
  const said = (role: MessageJson['participantRole']) =>
    messages.filter(({ participantRole }) => participantRole === role).map(({ content }) => content);
  const situation = said('END_USER').at(-1);
  if (situation === undefined) return [];
  const [action] = said('HUMAN_AGENT');
  const [resolution] = said('END_USER');
  return [
    { section: 'Situation', summary: situation },
    ...(action === undefined ? [] : [{ section: 'Action', summary: action }]),
    ...(resolution === situation ? [] : [{ section: 'Resolution', summary: resolution ?? '' }]),
  ];
}

/**
 * Of what was suggested in the call, the answer that has most words of the query.
 *
 * @param suggested newest last.
 */
export function bestAnswer(query: string, suggested: readonly SuggestionResult[]): Found | undefined {
  const asked = wordsIn(query);
  let best: { found: Found; score: number } | undefined;
  for (const found of suggested.flatMap(answersIn)) {
    const known = new Set(wordsIn(`${found.title} ${found.answer} ${found.snippet}`));
    const score = asked.filter((word) => known.has(word)).length;
    if (best === undefined || score >= best.score) best = { found, score };
  }
  return best?.found;
}

function answersIn(result: SuggestionResult): Found[] {
  const faqs = list(member(result.suggestFaqAnswersResponse, 'faqAnswers')).map((each) => {
    const answer = text(each, 'answer') ?? '';
    return { answer, title: text(each, 'question') ?? '', snippet: answer };
  });
  const assist = member(result.suggestKnowledgeAssistResponse, 'knowledgeAssistAnswer');
  const answered = member(assist, 'suggestedQueryAnswer');
  const query = text(member(assist, 'suggestedQuery'), 'queryText') ?? '';
  const [snippet] = list(member(member(answered, 'generativeSource'), 'snippets'));
  const answer = text(answered, 'answerText') ?? '';
  const uri = text(snippet, 'uri');
  const assisted: Found = {
    answer,
    title: text(snippet, 'title') ?? query,
    snippet: text(snippet, 'text') ?? answer,
    ...(uri === undefined ? {} : { uri }),
  };
  return [...faqs, assisted].filter((found) => found.answer !== '');
}

function wordsIn(sentence: string): string[] {
  return sentence.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
}
