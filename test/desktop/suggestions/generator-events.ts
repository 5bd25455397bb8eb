// Results of generators and of the companion agent, as Dialogflow sends them, one of each kind.
import { LOCATION, record, UTTERANCE } from './resources.ts';

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
    latestMessage: UTTERANCE,
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
    latestMessage: UTTERANCE,
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
    latestMessage: UTTERANCE,
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
    latestMessage: UTTERANCE,
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
