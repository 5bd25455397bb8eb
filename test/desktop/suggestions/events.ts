// Payloads of a HumanAgentAssistantEvent as Dialogflow sends them, one of each kind.
import { type Card, cardsOf } from '../../../relay/desktop/suggestions/card.ts';

const LOCATION = 'projects/brightwater-cc/locations/global';
export const CONVERSATION = `${LOCATION}/conversations/1zQ4mVd7TkuRbX0pLwH2sA`;
export const UTTERANCE = `${CONVERSATION}/messages/Yk3uD0qXRv`;
export const record = (id: string) => `${LOCATION}/answerRecords/${id}`;

/** The cards of an event with these results. */
export function cardsWith(...suggestionResults: unknown[]): Card[] {
  const payload = { conversation: CONVERSATION, suggestionResults };
  return cardsOf({ id: 'event-1', publishedAt: 1_000, isReplayed: false, payload });
}

const latestMessage = UTTERANCE;

export const REPLIES = {
  suggestSmartRepliesResponse: {
    latestMessage,
    contextSize: 2,
    smartReplyAnswers: [
      { reply: 'Let me check that for you.', confidence: 0.8, answerRecord: record('reply-1') },
      { reply: 'Could you tell me your policy number?', confidence: 0.6, answerRecord: record('reply-2') },
    ],
  },
};

export const ARTICLES = {
  suggestArticlesResponse: {
    latestMessage,
    articleAnswers: [
      {
        title: 'How renewal prices are set',
        uri: 'https://help.example.com/renewals',
        snippets: ['Prices follow the cost of repairs in your area.'],
        metadata: { document_display_name: 'Renewals' },
        answerRecord: record('article-1'),
      },
      { title: 'Archived price list', uri: 'gs://brightwater/prices.pdf', answerRecord: record('article-2') },
    ],
  },
};

export const FAQ = {
  suggestFaqAnswersResponse: {
    latestMessage,
    faqAnswers: [
      {
        question: 'Where can I see what changed in my renewal?',
        answer: 'Open "Your cover" and choose "Renewal details".',
        confidence: 0.90625,
        source: `${LOCATION}/knowledgeBases/k/documents/d`,
        metadata: { document_display_name: 'Renewal FAQ (March)' },
        answerRecord: record('faq-1'),
      },
    ],
  },
};

export const KNOWLEDGE = {
  suggestKnowledgeAssistResponse: {
    latestMessage,
    knowledgeAssistAnswer: {
      suggestedQuery: {
        queryText: 'Why did the boiler cover go up?',
        searchContexts: [{ key: 'product', value: 'Boiler cover' }],
      },
      suggestedQueryAnswer: {
        answerText: 'Repairs cost more since January.',
        generativeSource: {
          snippets: [
            { title: 'Price changes', uri: 'https://help.example.com/prices', text: 'Since January …' },
            { title: 'Price changes', uri: 'https://help.example.com/prices', text: 'A second passage' },
            { uri: 'gs://brightwater/notes.txt', text: 'Internal' },
          ],
        },
      },
      answerRecord: record('knowledge-1'),
    },
    additionalSuggestedQueryResults: [
      { suggestedQuery: { queryText: 'Is there a loyalty discount?' }, answerRecord: record('query-1') },
    ],
  },
};

export const NO_KNOWLEDGE = {
  suggestKnowledgeAssistResponse: {
    latestMessage,
    knowledgeAssistAnswer: {
      knowledgeAssistDebugInfo: {
        queryGenerationFailureReason: 'QUERY_GENERATION_NO_QUERY_GENERATED',
        queryCategorizationFailureReason: 'QUERY_CATEGORIZATION_FAILURE_REASON_UNSPECIFIED',
        datastoreResponseReason: 'NONE',
        ingestedContextReferenceDebugInfo: {
          contextReferenceRetrieved: true,
          ingestedParametersDebugInfo: [
            { parameter: 'customer', ingestionStatus: 'INGESTION_STATUS_PARSE_FAILED' },
            { parameter: 'plan', ingestionStatus: 'INGESTION_STATUS_SUCCEEDED' },
          ],
        },
      },
    },
  },
};

export const TOOL_CALL = {
  tool: `${LOCATION}/tools/orders`,
  toolDisplayName: 'Orders',
  toolDisplayDetails: 'Refunds an order.',
  action: 'refund_order',
  inputParameters: { order_id: 'A-1001', amount: 12.5, notify: true },
  createTime: '2026-03-12T09:16:00Z',
  answerRecord: record('tool-1'),
  state: 'NEEDS_CONFIRMATION',
};

export const COACHING = {
  generateSuggestionsResponse: {
    latestMessage,
    generatorSuggestionAnswers: [
      {
        sourceGenerator: `${LOCATION}/generators/coach`,
        answerRecord: record('coaching-1'),
        generatorSuggestion: {
          agentCoachingSuggestion: {
            applicableInstructions: [
              { displayName: 'Empathy', condition: 'The customer is upset.', agentAction: 'Apologize once.' },
              { displayName: 'Retention', systemAction: 'Look up the loyalty discount.' },
            ],
            agentActionSuggestions: [
              { agentAction: 'Apologize for the surprise.', sources: { instructionIndexes: [0] } },
              {
                agentAction: 'Offer the loyalty discount.',
                sources: { instructionIndexes: [1, 9] },
                duplicateCheckResult: { duplicateSuggestions: [{ answerRecord: record('coaching-0') }] },
              },
            ],
            sampleResponses: [
              {
                responseText: 'You may get 10 % off.',
                duplicateCheckResult: { duplicateSuggestions: [{ suggestionIndex: 1 }] },
              },
              { responseText: 'I am sorry that nobody told you.', sources: { instructionIndexes: [0] } },
            ],
          },
          toolCallInfo: [{ toolCall: TOOL_CALL }],
        },
      },
    ],
  },
};

export const HINT = {
  generateSuggestionsResponse: {
    latestMessage,
    generatorSuggestionAnswers: [
      {
        sourceGenerator: `${LOCATION}/generators/next-message`,
        answerRecord: record('hint-1'),
        generatorSuggestion: { freeFormSuggestion: { response: 'Thank you for waiting.' } },
      },
    ],
  },
};

export const SUMMARY = {
  generateSuggestionsResponse: {
    latestMessage,
    generatorSuggestionAnswers: [
      {
        answerRecord: record('summary-1'),
        generatorSuggestion: {
          summarySuggestion: {
            summarySections: [
              { section: 'Situation', summary: 'The renewal price went up.' },
              { section: 'Action', summary: 'The agent compared the prices.' },
            ],
          },
        },
      },
    ],
  },
};

/** The reply has a character of four bytes before the passage that the source supports. */
export const GUIDANCE = {
  generateCompanionSuggestionsResponse: {
    latestMessage,
    answerRecord: record('guidance-1'),
    suggestionIndex: 1,
    companionSuggestion: {
      guidances: [
        {
          suggestedReply: 'Good news 📦: returns are free for 30 days.',
          suggestedAction: 'Check the date of delivery.',
          explanation: 'The customer wants to send it back.',
          instructionSource: {
            displayName: 'Returns',
            condition: 'The customer wants to return something.',
            actions: [{ description: 'Explain the deadline' }],
          },
          knowledgeSources: [
            {
              knowledgeArticleTitle: 'Returns',
              knowledgeArticleUrl: 'https://help.example.com/returns',
              knowledgeSnippet: '30 days',
            },
          ],
          groundingMetadata: {
            webSearchQueries: ['return deadline'],
            searchEntryPoint: { renderedContent: '<script>alert(1)</script>' },
            groundingChunks: [
              { web: { uri: 'https://example.com/law', title: 'Consumer law', domain: 'example.com' } },
              {
                retrievedContext: { uri: 'https://help.example.com/returns', title: 'Returns', text: 'Free' },
              },
            ],
            groundingSupports: [
              {
                segment: { startIndex: 16, endIndex: 44, text: 'returns are free for 30 days' },
                groundingChunkIndices: [0, 1],
              },
            ],
          },
          toolCalls: [{ toolCallInfo: { toolCall: TOOL_CALL }, textUpdate: 'I look the order up.' }],
          triggeringToolCallAnswerRecords: [record('tool-0')],
        },
      ],
    },
  },
};

export const ASSIST = {
  suggestDialogflowAssistsResponse: {
    latestMessage,
    dialogflowAssistAnswers: [
      {
        queryResult: {
          fulfillmentText: 'Your parcel is on its way.',
          intent: { displayName: 'parcel.where' },
          parameters: { order: 'A-1001' },
        },
        answerRecord: record('assist-1'),
      },
      {
        intentSuggestion: { displayName: 'parcel.cancel', description: 'Cancels a parcel.' },
        answerRecord: record('assist-2'),
      },
    ],
  },
};

export const ENTITIES = {
  suggestEntityExtractionResponse: {
    latestMessage,
    dialogflowAssistAnswers: [
      {
        queryResult: { parameters: { 'policy-number': 'BW-22817', date: { year: 2026 }, empty: '' } },
        answerRecord: record('entities-1'),
      },
    ],
  },
};

export const FAILURE = { error: { code: 8, message: 'Quota exceeded for FAQ.' } };
export const NEW_KIND = { suggestHologramsResponse: { holograms: [{ uri: 'https://example.com' }] } };

export const ALL = [
  REPLIES,
  ARTICLES,
  FAQ,
  KNOWLEDGE,
  NO_KNOWLEDGE,
  COACHING,
  HINT,
  SUMMARY,
  GUIDANCE,
  ASSIST,
  ENTITIES,
  FAILURE,
  NEW_KIND,
];
