import type { SuggestionResult } from '../local/dialogflow/types.ts';

export type Speaker = 'agent' | 'customer';

/** What a suggestion refers to: names that exist only once the call is being played. */
export interface SuggestionContext {
  /** Name of the message that the suggestion follows. */
  latestMessage: string;
  /** A name that no other suggestion has. */
  answerRecord(): string;
  /** A resource of the conversation's location, e.g. `generators/summary`. */
  resource(path: string): string;
}

/** One thing that happens in a call, after the one before it has ended. */
export type Step =
  | { type: 'speech'; speaker: Speaker; text: string }
  /** One event, with one result or several. */
  | { type: 'suggestions'; results(context: SuggestionContext): SuggestionResult[] }
  /** In milliseconds. */
  | { type: 'silence'; ms: number }
  | { type: 'hang-up' };

const customer = (text: string): Step => ({ type: 'speech', speaker: 'customer', text });
const agent = (text: string): Step => ({ type: 'speech', speaker: 'agent', text });
const suggest = (results: (context: SuggestionContext) => SuggestionResult[]): Step => ({
  type: 'suggestions',
  results,
});
const silence = (ms: number): Step => ({ type: 'silence', ms });

const CONTEXT_SIZE = 4;

/** A customer was charged twice for a train ticket; the call has a suggestion of every kind that agents see. */
export const CALL: readonly Step[] = [
  agent('Good morning, you have reached card services, my name is Robin. How can I help you today?'),
  customer('Hi Robin, I looked at my account and the same train ticket was charged twice yesterday evening.'),
  suggest(({ latestMessage, answerRecord }) => [
    {
      suggestSmartRepliesResponse: {
        smartReplyAnswers: [
          {
            reply: 'I am sorry about that. Let me look at both payments.',
            confidence: 0.93,
            answerRecord: answerRecord(),
          },
          {
            reply: 'May I have the last four digits of the card?',
            confidence: 0.84,
            answerRecord: answerRecord(),
          },
          {
            reply: 'Was the ticket bought online or in an app?',
            confidence: 0.71,
            answerRecord: answerRecord(),
          },
        ],
        latestMessage,
        contextSize: CONTEXT_SIZE,
      },
    },
  ]),
  suggest(({ latestMessage, answerRecord, resource }) => [
    {
      suggestArticlesResponse: {
        articleAnswers: [
          {
            title: 'When a card payment shows twice',
            uri: 'https://help.example/card-payment-shows-twice',
            snippets: ['A reserved and a settled payment can stand side by side for up to three days.'],
            answerRecord: answerRecord(),
          },
        ],
        latestMessage,
        contextSize: CONTEXT_SIZE,
      },
    },
    {
      suggestFaqAnswersResponse: {
        faqAnswers: [
          {
            question: 'Why do I see the same payment twice?',
            answer: 'One of the two is usually a reservation, which lapses by itself.',
            confidence: 0.77,
            source: resource('knowledgeBases/cards/documents/payments'),
            answerRecord: answerRecord(),
          },
        ],
        latestMessage,
        contextSize: CONTEXT_SIZE,
      },
    },
  ]),
  silence(1_200),
  agent('I am sorry about that. I can see both payments here, and one of them is still only a reservation.'),
  customer('So does the money come back on its own, or do I have to claim it somewhere?'),
  suggest(({ latestMessage, answerRecord }) => [
    {
      suggestKnowledgeAssistResponse: {
        knowledgeAssistAnswer: {
          suggestedQuery: { queryText: 'How long until a reservation lapses?' },
          suggestedQueryAnswer: {
            answerText:
              'A reservation lapses after seven days at the latest. Only a settled payment needs a claim.',
            generativeSource: {
              snippets: [
                {
                  title: 'Reservations',
                  uri: 'https://help.example/reservations',
                  text: 'The bank releases a reserved amount after seven days.',
                },
              ],
            },
          },
          answerRecord: answerRecord(),
        },
        latestMessage,
        contextSize: CONTEXT_SIZE,
      },
    },
  ]),
  suggest(({ latestMessage, answerRecord, resource }) => [
    {
      generateSuggestionsResponse: {
        generatorSuggestionAnswers: [
          {
            generatorSuggestion: {
              agentCoachingSuggestion: {
                agentActionSuggestions: [{ agentAction: 'Say the amount and the day by which it is back.' }],
                sampleResponses: [{ responseText: 'The 42 euros are back in your account by next Tuesday.' }],
              },
            },
            sourceGenerator: resource('generators/coaching'),
            answerRecord: answerRecord(),
          },
        ],
        latestMessage,
      },
    },
  ]),
  agent('It comes back on its own: the 42 euros are released by next Tuesday, and you need not do anything.'),
  customer('That is good to hear. Could you send me something in writing, just in case?'),
  // Dialogflow reports a feature that failed as a result of its own.
  suggest(() => [{ error: { code: 8, message: 'Quota exceeded for this suggestion feature.' } }]),
  silence(800),
  agent('Of course, the confirmation goes to your email address right now. Is there anything else I can do?'),
  customer('No, that was everything. Thank you, and have a nice day!'),
  suggest(({ latestMessage, answerRecord, resource }) => [
    {
      generateSuggestionsResponse: {
        generatorSuggestionAnswers: [
          {
            generatorSuggestion: {
              summarySuggestion: {
                summarySections: [
                  { section: 'situation', summary: 'A train ticket of 42 euros shows twice on the card.' },
                  {
                    section: 'action',
                    summary: 'Explained that one payment is a reservation; sent a confirmation.',
                  },
                  { section: 'resolution', summary: 'The reservation lapses by next Tuesday.' },
                ],
              },
            },
            sourceGenerator: resource('generators/summary'),
            answerRecord: answerRecord(),
          },
          {
            generatorSuggestion: { freeFormSuggestion: { response: 'Offer alerts for every card payment.' } },
            sourceGenerator: resource('generators/next-step'),
            answerRecord: answerRecord(),
          },
        ],
        latestMessage,
      },
    },
  ]),
  silence(600),
  { type: 'hang-up' },
  // Dialogflow publishes CONVERSATION_FINISHED for every CompleteConversation: the telephony's and the desktop's.
  { type: 'hang-up' },
];
