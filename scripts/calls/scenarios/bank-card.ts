import type { Scenario } from '../scenario.ts';
import { agent, customer, entity, hangUp, keypad, silence, suggest, suggestLater } from './steps.ts';
import { coaching, extracted, knowledge, madeCall, record, smartReplies, summary } from './suggestions.ts';

const BLOCK = {
  tool: 'cards',
  displayName: 'Cards',
  details: 'Blocks and orders cards',
  action: 'block_card',
  inputParameters: { customer: '78310', card: 'ending 4471', reason: 'LOST' },
  answerRecord: record('block'),
};

const IDENTITY = {
  displayName: 'Identity first',
  displayDetails: 'Before anything is said about an account',
  condition: 'The customer reports a lost card',
  agentAction: 'Let the customer type the telephone code on the keypad, never say it.',
  triggeringEvent: 'CUSTOMER_MESSAGE',
} as const;

/** It is suggested twice. */
const ASK_FOR_CODE = {
  agentAction: 'Ask the customer to type the telephone code.',
  sources: { instructionIndexes: [0] },
};

/** A card is lost: the code is typed on the keypad, a tool blocks the card, and coaching repeats itself. */
export const bankCard: Scenario = {
  name: 'bank-card',
  title: 'A bank card is lost, blocked and replaced.',
  language: 'en-US',
  steps: [
    agent('Cedar Bank, good evening, this is Jordan. What can I do for you?'),
    customer('I think I lost my debit card on the bus tonight, and I am really worried about it.', {
      sentiment: -0.8,
      entities: [
        entity('tonight', 'date-time', {
          startDateTime: '2026-03-12T18:00:00-06:00',
          endDateTime: '2026-03-12T23:59:59-06:00',
        }),
      ],
      misheard: { debit: 'rabbit' },
    }),
    suggest(
      smartReplies(
        ['Do not worry, I will block it right away.', 0.94],
        ['Have you seen any payment that is not yours?', 0.74],
      ),
    ),
    suggestLater(
      coaching(
        {
          applicableInstructions: [IDENTITY],
          agentActionSuggestions: [ASK_FOR_CODE],
          sampleResponses: [
            {
              responseText: 'Please type your telephone code on the keypad. Do not say it.',
              sources: { instructionIndexes: [0] },
            },
          ],
        },
        { answerRecord: record('identity') },
      ),
    ),
    agent('Do not worry, we will block it right away. Please type your telephone code on the keypad.'),
    keypad('7783#'),
    silence(400),
    agent('Thank you, that is right. Which customer number is it, and how does the card number end?'),
    customer('My customer number is 78310, and the card ends in 4471.', {
      sentiment: -0.2,
      entities: [entity('78310', 'number', 78310), entity('4471', 'number', 4471)],
    }),
    suggest(
      extracted({
        queryText: 'My customer number is 78310, and the card ends in 4471.',
        languageCode: 'en-us',
        parameters: { customer_number: '78310', card_ending: '4471', card_type: 'debit' },
        allRequiredParamsPresent: true,
        intent: { name: '{{location}}/agent/intents/card-lost', displayName: 'card.lost' },
        intentDetectionConfidence: 1,
      }),
    ),
    suggestLater(
      coaching(
        {
          applicableInstructions: [IDENTITY],
          agentActionSuggestions: [
            {
              ...ASK_FOR_CODE,
              duplicateCheckResult: {
                duplicateSuggestions: [
                  {
                    answerRecord: record('identity'),
                    sources: { instructionIndexes: [0] },
                    similarityScore: 0.97,
                  },
                ],
              },
            },
            { agentAction: 'Confirm the block, then offer a new card.' },
          ],
          sampleResponses: [{ responseText: 'Your card is blocked. Shall I send you a new one?' }],
        },
        {
          toolCallInfo: [madeCall(BLOCK, { content: { status: 'BLOCKED', at: '19:42', open_payments: 0 } })],
        },
      ),
    ),
    silence(1_000),
    agent('Your card is blocked as of now, and there was no payment today that is still open.'),
    customer('Oh, thank goodness. How do I get a new one?', { sentiment: 0.5 }),
    suggest(
      knowledge('Before a card is sent', {
        answerText:
          'Read out the fee notice before a new card is ordered: it is free after a loss once a year.',
        eventSource: {
          event: 'card-order-started',
          snippets: {
            snippets: [
              {
                title: 'Ordering cards by phone',
                uri: 'https://help.example/agents/card-orders',
                text: 'The notice is read before the order. One replacement a year is free.',
                metadata: { revision: 7 },
              },
            ],
          },
        },
      }),
    ),
    agent('I can send you one today. A replacement is free once a year, so there is nothing to pay.'),
    customer('Great, please send it to the address that you have. How long does it take?', {
      sentiment: 0.6,
      misheard: { address: 'dress' },
    }),
    agent('It is with you in three to five business days, and the code comes in a letter of its own.', {
      entities: [entity('three to five business days', 'duration', { amount: 5, unit: 'day' })],
    }),
    customer('Perfect. Thank you so much, Jordan.', { sentiment: 0.9 }),
    suggestLater(
      summary({
        situation: 'Debit card ending 4471 lost on a bus.',
        action: 'Identified by telephone code; card blocked at 19:42; free replacement ordered.',
        resolution: 'New card within five business days.',
        reason_cancellation: 'N/A',
      }),
    ),
    agent('Gladly. Have a good evening.'),
    silence(600),
    hangUp,
  ],
};
