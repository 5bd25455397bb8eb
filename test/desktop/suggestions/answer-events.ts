// Results whose answers stand in a row, as Dialogflow sends them, one of each kind.
import { LOCATION, record, UTTERANCE } from './resources.ts';

export const REPLIES = {
  suggestSmartRepliesResponse: {
    latestMessage: UTTERANCE,
    contextSize: 2,
    smartReplyAnswers: [
      { reply: 'Let me check that for you.', confidence: 0.8, answerRecord: record('reply-1') },
      { reply: 'Could you tell me your policy number?', confidence: 0.6, answerRecord: record('reply-2') },
    ],
  },
};

export const ARTICLES = {
  suggestArticlesResponse: {
    latestMessage: UTTERANCE,
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
    latestMessage: UTTERANCE,
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
    latestMessage: UTTERANCE,
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
    latestMessage: UTTERANCE,
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

export const ASSIST = {
  suggestDialogflowAssistsResponse: {
    latestMessage: UTTERANCE,
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
    latestMessage: UTTERANCE,
    dialogflowAssistAnswers: [
      {
        queryResult: { parameters: { 'policy-number': 'BW-22817', date: { year: 2026 }, empty: '' } },
        answerRecord: record('entities-1'),
      },
    ],
  },
};
