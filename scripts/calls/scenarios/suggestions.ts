// Suggestions of each kind, with what Dialogflow fills in: the message they follow and their answer records.
import type {
  CompanionSuggestions,
  Guidance,
  ToolCallInfo,
} from '../../local/dialogflow/companion-suggestion.ts';
import type { SuggestionResult } from '../../local/dialogflow/types.ts';

type Member<Name extends keyof SuggestionResult> = NonNullable<SuggestionResult[Name]>;
type Item<List> = NonNullable<List> extends readonly (infer Each)[] ? Each : never;

type Knowledge = Member<'suggestKnowledgeAssistResponse'>;
type KnowledgeAnswer = NonNullable<NonNullable<Knowledge['knowledgeAssistAnswer']>['suggestedQueryAnswer']>;
export type Snippet = Item<NonNullable<KnowledgeAnswer['generativeSource']>['snippets']>;
type GeneratorAnswer = Item<Member<'generateSuggestionsResponse'>['generatorSuggestionAnswers']>;
type GeneratorSuggestion = NonNullable<GeneratorAnswer['generatorSuggestion']>;
type Coaching = NonNullable<GeneratorSuggestion['agentCoachingSuggestion']>;
type Assist = Item<Member<'suggestDialogflowAssistsResponse'>['dialogflowAssistAnswers']>;
type QueryResult = NonNullable<Assist['queryResult']>;

const RECORD = '{{record}}';
const context = { latestMessage: '{{latest}}', contextSize: 4 };

/** An answer record that other suggestions of the call can name, too. */
export const record = (name: string): string => `{{record:${name}}}`;

export const smartReplies = (...replies: [reply: string, confidence: number][]): SuggestionResult => ({
  suggestSmartRepliesResponse: {
    smartReplyAnswers: replies.map(([reply, confidence]) => ({ reply, confidence, answerRecord: RECORD })),
    ...context,
  },
});

export const articles = (
  ...found: { title: string; uri: string; snippets: string[]; metadata?: Record<string, string> }[]
): SuggestionResult => ({
  suggestArticlesResponse: {
    articleAnswers: found.map((article) => ({ ...article, answerRecord: RECORD })),
    ...context,
  },
});

/** @param document The last part of the knowledge document's name. */
export const faq = (
  document: string,
  ...found: { question: string; answer: string; confidence: number }[]
): SuggestionResult => ({
  suggestFaqAnswersResponse: {
    faqAnswers: found.map((answer) => ({
      ...answer,
      source: `{{location}}/knowledgeBases/help/documents/${document}`,
      metadata: { document_display_name: document },
      answerRecord: RECORD,
    })),
    ...context,
  },
});

/** A query with its answer, and further queries that have none yet. */
export const knowledge = (
  queryText: string,
  suggestedQueryAnswer: KnowledgeAnswer,
  {
    further = [],
    searchContexts = [],
  }: { further?: string[]; searchContexts?: { key: string; value: string }[] } = {},
): SuggestionResult => ({
  suggestKnowledgeAssistResponse: {
    knowledgeAssistAnswer: {
      suggestedQuery: { queryText, ...(searchContexts.length > 0 ? { searchContexts } : {}) },
      suggestedQueryAnswer,
      answerRecord: RECORD,
    },
    ...context,
    ...(further.length > 0
      ? {
          additionalSuggestedQueryResults: further.map((text) => ({
            suggestedQuery: { queryText: text },
            answerRecord: RECORD,
          })),
        }
      : {}),
  },
});

/** A query to which nothing was found, with the reason. */
export const unanswered = (
  queryText: string,
  datastoreResponseReason: NonNullable<
    NonNullable<
      NonNullable<Knowledge['knowledgeAssistAnswer']>['knowledgeAssistDebugInfo']
    >['datastoreResponseReason']
  >,
): SuggestionResult => ({
  suggestKnowledgeAssistResponse: {
    knowledgeAssistAnswer: {
      suggestedQuery: { queryText },
      answerRecord: RECORD,
      knowledgeAssistDebugInfo: {
        datastoreResponseReason,
        knowledgeAssistBehavior: { usePubsubDelivery: true, multipleQueriesGenerated: false },
      },
    },
    ...context,
  },
});

/** @param generator The last part of the generator's name. */
export const generated = (
  generator: string,
  generatorSuggestion: GeneratorSuggestion,
  answerRecord = RECORD,
): SuggestionResult => ({
  generateSuggestionsResponse: {
    generatorSuggestionAnswers: [
      { generatorSuggestion, sourceGenerator: `{{location}}/generators/${generator}`, answerRecord },
    ],
    latestMessage: '{{latest}}',
  },
});

export const coaching = (
  agentCoachingSuggestion: Coaching,
  { toolCallInfo, answerRecord }: { toolCallInfo?: ToolCallInfo[]; answerRecord?: string } = {},
): SuggestionResult =>
  generated(
    'coaching',
    { agentCoachingSuggestion, ...(toolCallInfo === undefined ? {} : { toolCallInfo }) },
    answerRecord,
  );

export const summary = (sections: Record<string, string>): SuggestionResult =>
  generated('summary', {
    summarySuggestion: {
      summarySections: Object.entries(sections).map(([section, text]) => ({ section, summary: text })),
    },
  });

export const freeForm = (generator: string, response: string): SuggestionResult =>
  generated(generator, { freeFormSuggestion: { response } });

interface ToolUse {
  /** The last part of the tool's name. */
  tool: string;
  displayName: string;
  details: string;
  action: string;
  inputParameters: Record<string, unknown>;
  /** Of the tool call; see {@link record}. */
  answerRecord: string;
}

/** A tool call that waits until the agent has confirmed it. */
export function proposedCall(use: ToolUse): ToolCallInfo {
  return { toolCall: toolCall(use, 'NEEDS_CONFIRMATION') };
}

/** A tool call that was made, with its result: the JSON text of `content`, or what went wrong. */
export function madeCall(use: ToolUse, result: { content: object } | { error: string }): ToolCallInfo {
  const outcome =
    'content' in result ? { content: JSON.stringify(result.content) } : { error: { message: result.error } };
  return {
    toolCall: toolCall(use, 'TRIGGERED'),
    toolCallResult: {
      tool: `{{location}}/tools/${use.tool}`,
      action: use.action,
      ...outcome,
      createTime: '{{now}}',
      answerRecord: use.answerRecord,
    },
  };
}

function toolCall(
  { tool, displayName, details, action, inputParameters, answerRecord }: ToolUse,
  state: 'NEEDS_CONFIRMATION' | 'TRIGGERED',
): NonNullable<ToolCallInfo['toolCall']> {
  return {
    tool: `{{location}}/tools/${tool}`,
    toolDisplayName: displayName,
    toolDisplayDetails: details,
    action,
    inputParameters,
    createTime: '{{now}}',
    answerRecord,
    state,
  };
}

/** @param suggestionIndex The how manieth of the call, from 1. */
export const companion = (suggestionIndex: number, ...guidances: Guidance[]): SuggestionResult => ({
  generateCompanionSuggestionsResponse: {
    companionSuggestion: { guidances },
    answerRecord: RECORD,
    latestMessage: '{{latest}}',
    suggestionIndex,
  } satisfies CompanionSuggestions,
});

/** What a virtual agent would answer. */
export const assist = (queryResult: QueryResult): SuggestionResult => ({
  suggestDialogflowAssistsResponse: {
    dialogflowAssistAnswers: [{ queryResult, answerRecord: RECORD }],
    ...context,
  },
});

export const intents = (
  ...found: { displayName: string; intentV2: string; description?: string }[]
): SuggestionResult => ({
  suggestDialogflowAssistsResponse: {
    dialogflowAssistAnswers: found.map((intentSuggestion) => ({ intentSuggestion, answerRecord: RECORD })),
    ...context,
  },
});

/** Values that the customer has named. */
export const extracted = (queryResult: QueryResult): SuggestionResult => ({
  suggestEntityExtractionResponse: {
    dialogflowAssistAnswers: [{ queryResult, answerRecord: RECORD }],
    ...context,
  },
});

/** A feature that failed; Dialogflow reports it as a result of its own. */
export const failed = (code: number, message: string): SuggestionResult => ({ error: { code, message } });
