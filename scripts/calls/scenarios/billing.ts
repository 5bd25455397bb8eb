import type { Scenario } from '../scenario.ts';
import { agent, customer, entity, hangUp, silence, suggest, suggestLater } from './steps.ts';
import {
  articles,
  coaching,
  failed,
  faq,
  freeForm,
  generated,
  knowledge,
  smartReplies,
  summary,
} from './suggestions.ts';

/** A train ticket was charged twice; one of the two payments is a reservation. */
export const billing: Scenario = {
  name: 'billing',
  title: 'A train ticket was charged twice.',
  language: 'en-US',
  steps: [
    agent('Good morning, you have reached card services, my name is Robin. How can I help you today?'),
    customer(
      'Hi Robin, I looked at my account and the same train ticket was charged twice yesterday evening.',
      {
        sentiment: -0.4,
        entities: [entity('yesterday evening', 'date-time', { date_time: '2026-03-11T19:00:00-05:00' })],
        misheard: { train: 'rain', charged: 'change' },
      },
    ),
    suggest(
      smartReplies(
        ['I am sorry about that. Let me look at both payments.', 0.93],
        ['May I have the last four digits of the card?', 0.84],
        ['Was the ticket bought online or in an app?', 0.71],
      ),
    ),
    suggest(
      articles({
        title: 'When a card payment shows twice',
        uri: 'https://help.example/card-payment-shows-twice',
        snippets: ['A reserved and a settled payment can stand side by side for up to three days.'],
        metadata: { document_display_name: 'Card payments', audience: 'agents' },
      }),
      faq('payments', {
        question: 'Why do I see the same payment twice?',
        answer: 'One of the two is usually a reservation, which lapses by itself.',
        confidence: 0.77,
      }),
    ),
    silence(1_200),
    agent('I am sorry about that. May I have the last four digits of the card, please?'),
    customer('Sure, it ends in four two seven one, and the ticket was 42 dollars and 50 cents.', {
      entities: [entity('42 dollars and 50 cents', 'unit-currency', { amount: 42.5, currency: 'USD' })],
      sentiment: -0.1,
    }),
    agent('Thank you. I can see both payments here, and one of them is still only a reservation.'),
    customer('So does the money come back on its own, or do I have to claim it somewhere?', {
      sentiment: -0.2,
      misheard: { claim: 'clean' },
    }),
    suggest(
      knowledge(
        'How long until a reservation lapses?',
        {
          answerText:
            'A reservation lapses after seven days at the latest. Only a settled payment needs a claim.',
          generativeSource: {
            snippets: [
              {
                title: 'Reservations',
                uri: 'https://help.example/reservations',
                text: 'The bank releases a reserved amount after seven days.',
                metadata: { page: 2 },
              },
            ],
          },
        },
        { further: ['Can a reservation be released early?', 'How is a double payment claimed?'] },
      ),
    ),
    suggestLater(
      coaching({
        applicableInstructions: [
          {
            displayName: 'Refunds: amount and date',
            displayDetails: 'Applies to every answer about money that comes back',
            condition: 'The customer asks when money comes back',
            agentAction: 'Say the amount and the day by which it is back.',
            triggeringEvent: 'CUSTOMER_MESSAGE',
          },
        ],
        agentActionSuggestions: [
          {
            agentAction: 'Say the amount and the day by which it is back.',
            sources: { instructionIndexes: [0] },
          },
        ],
        sampleResponses: [
          {
            responseText: 'The 42 dollars and 50 cents are back in your account by next Tuesday.',
            sources: { instructionIndexes: [0] },
          },
        ],
      }),
    ),
    agent('It comes back on its own: the 42 dollars and 50 cents are released by next Tuesday.'),
    customer('That is good to hear. Could you send me something in writing, just in case?', {
      sentiment: 0.5,
    }),
    suggest(failed(8, 'Quota exceeded for this suggestion feature.')),
    silence(800),
    agent(
      'Of course, the confirmation goes to your email address right now. Is there anything else I can do?',
    ),
    suggestLater(freeForm('next-step', 'Offer alerts for every card payment.')),
    customer('No, that was everything. Thank you, and have a nice day!', { sentiment: 0.8 }),
    agent('You are welcome. Goodbye!'),
    suggestLater(
      summary({
        situation: 'A train ticket of 42.50 dollars shows twice on the card.',
        action: 'Explained that one payment is a reservation; sent a confirmation.',
        resolution: 'The reservation lapses by next Tuesday.',
      }),
      generated('category', { freeFormSuggestion: { response: 'Cards > Payments > Shown twice' } }),
    ),
    silence(1_600),
    hangUp,
    // Dialogflow publishes CONVERSATION_FINISHED for every CompleteConversation: the telephony's and the desktop's.
    hangUp,
  ],
};
