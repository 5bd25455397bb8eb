import type { protos } from '@google-cloud/dialogflow';

type SuggestionResult = protos.google.cloud.dialogflow.v2beta1.ISuggestionResult;
type GeneratorSuggestion = protos.google.cloud.dialogflow.v2beta1.IGeneratorSuggestion;

/** A part of a card: text, and where it leads. */
export interface CardLine {
  text: string;
  /** An http or https address, nothing else. */
  href?: string;
}

/** What an agent is shown of one suggestion. */
export interface Card {
  title: string;
  lines: CardLine[];
}

/**
 * The cards of a HumanAgentAssistantEvent, none for what this page does not know. The event comes from outside, so
 * nothing of its form is taken for granted but that it is JSON.
 */
export function suggestionCards(event: unknown): Card[] {
  const results = (event as { suggestionResults?: unknown } | null)?.suggestionResults;
  if (!Array.isArray(results)) return [];
  return results.flatMap((result: unknown) => {
    try {
      return cardsOf(result as SuggestionResult).filter(({ lines }) => lines.length > 0);
    } catch {
      // One result of an unforeseen form must not hide the others.
      return [];
    }
  });
}

function cardsOf(result: SuggestionResult): Card[] {
  const { error, suggestSmartRepliesResponse: replies, suggestArticlesResponse: articles } = result;
  const { suggestFaqAnswersResponse: faq, suggestKnowledgeAssistResponse: knowledge } = result;
  const answer = knowledge?.knowledgeAssistAnswer;
  const generated = result.generateSuggestionsResponse?.generatorSuggestionAnswers ?? [];
  return [
    ...(error ? [card('Suggestion failed', [line(error.message)])] : []),
    ...(replies
      ? [
          card(
            'Replies',
            (replies.smartReplyAnswers ?? []).map(({ reply }) => line(reply)),
          ),
        ]
      : []),
    ...(articles?.articleAnswers ?? []).map(({ title, uri, snippets }) =>
      card('Article', [line(title, uri), ...(snippets ?? []).map((snippet) => line(snippet))]),
    ),
    ...(faq?.faqAnswers ?? []).map(({ question, answer: text }) =>
      card('Question', [line(question), line(text)]),
    ),
    ...(answer
      ? [
          card('Answer', [
            line(answer.suggestedQuery?.queryText),
            line(answer.suggestedQueryAnswer?.answerText),
            ...(answer.suggestedQueryAnswer?.generativeSource?.snippets ?? []).map(({ title, uri }) =>
              line(title, uri),
            ),
          ]),
        ]
      : []),
    ...generated.flatMap(({ generatorSuggestion }) => generatorCards(generatorSuggestion ?? {})),
  ];
}

function generatorCards(suggestion: GeneratorSuggestion): Card[] {
  const {
    freeFormSuggestion: freeForm,
    summarySuggestion: summary,
    agentCoachingSuggestion: coaching,
  } = suggestion;
  return [
    ...(freeForm ? [card('Hint', [line(freeForm.response)])] : []),
    ...(summary
      ? [
          card(
            'Summary',
            (summary.summarySections ?? []).map((part) => line(`${part.section}: ${part.summary}`)),
          ),
        ]
      : []),
    ...(coaching
      ? [
          card('Coaching', [
            ...(coaching.agentActionSuggestions ?? []).map(({ agentAction }) => line(agentAction)),
            ...(coaching.sampleResponses ?? []).map(({ responseText }) => line(responseText)),
          ]),
        ]
      : []),
  ];
}

function card(title: string, lines: CardLine[]): Card {
  return { title, lines: lines.filter(({ text }) => text !== '') };
}

function line(text: unknown, address?: unknown): CardLine {
  const shown = typeof text === 'string' ? text : '';
  // A javascript: address would run in the agent's page.
  const isWeb = typeof address === 'string' && /^https?:\/\//i.test(address);
  return isWeb ? { text: shown || address, href: address } : { text: shown };
}
