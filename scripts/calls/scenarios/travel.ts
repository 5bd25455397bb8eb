import type { Scenario } from '../scenario.ts';
import { agent, customer, entity, hangUp, silence, suggest, suggestLater } from './steps.ts';
import {
  companion,
  knowledge,
  madeCall,
  proposedCall,
  record,
  smartReplies,
  summary,
} from './suggestions.ts';

const REBOOKING = {
  tool: 'rebooking',
  displayName: 'Rebooking',
  details: 'Moves a passenger to another flight of the same day',
  action: 'rebook_flight',
  inputParameters: {
    booking: 'QX7T2L',
    from: 'LIS',
    to: 'LHR',
    flight: 'BW 482',
    passengers: 2,
    keep_seats: true,
  },
  answerRecord: record('rebooking'),
};

/** A connection is missed; the companion agent proposes to rebook, and later says that it is done. */
export const travel: Scenario = {
  name: 'travel',
  title: 'A connecting flight is missed and two passengers are rebooked.',
  language: 'en-GB',
  steps: [
    agent('Thank you for calling Brightwings, you are speaking with Amara. How can I help?'),
    customer(
      'Hello, our flight from Funchal was two hours late, and now we have missed the connection to London.',
      {
        sentiment: -0.6,
        entities: [
          entity('Funchal', 'geo-city', 'Funchal'),
          entity('two hours', 'duration', { amount: 2, unit: 'h' }),
          entity('London', 'geo-city', 'London'),
        ],
        misheard: { Funchal: 'fun shall', connection: 'collection' },
      },
    ),
    suggest(
      smartReplies(
        ['I am sorry to hear that. What is your booking reference?', 0.95],
        ['Are you still at the airport in Lisbon?', 0.82],
        ['How many of you are travelling?', 0.68],
      ),
    ),
    suggestLater(
      companion(1, {
        suggestedAction: 'Ask for the booking reference and for the number of passengers.',
        suggestedReply:
          'I am sorry to hear that. May I have your booking reference, and how many of you are travelling?',
        explanation: 'A rebooking needs the reference, and seats have to be free for everybody.',
        instructionSource: {
          displayName: 'Missed connection',
          displayDetails: 'Used for delays of our own flights',
          condition: 'The customer has missed a connection because a flight was late',
          actions: [
            { description: 'Ask for the booking reference' },
            { description: 'Offer the next flight of the same day' },
          ],
          triggerEvent: 'CUSTOMER_MESSAGE',
        },
      }),
    ),
    agent('I am so sorry. May I have your booking reference, and how many of you are travelling?'),
    customer('It is Q X seven T two L, and there are two of us, my mother and me. She cannot walk far.', {
      sentiment: -0.3,
      entities: [entity('two of us', 'number', 2)],
    }),
    suggestLater(
      companion(2, {
        suggestedAction: 'Offer flight BW 482 at 18:40, which has two seats together.',
        suggestedReply: 'There are two seats together on the flight at 18:40. Shall I book you onto it?',
        explanation: 'BW 482 is the next flight of the day with room for two.',
        knowledgeSources: [
          {
            knowledgeArticleUrl: 'https://help.example/rebooking',
            knowledgeArticleTitle: 'Rebooking after a delay',
            knowledgeSnippet: 'After a delay of ours a rebooking of the same day is free.',
          },
        ],
        toolCalls: [
          {
            toolCallInfo: proposedCall(REBOOKING),
            textUpdate: 'The rebooking waits for your confirmation.',
          },
        ],
      }),
    ),
    silence(900),
    agent('There are two seats together on the flight at 18:40. Shall I book you onto it?'),
    customer('Yes please. Is there help at the gate for my mother?', {
      sentiment: 0.1,
      entities: [],
    }),
    suggest(
      knowledge(
        'Which help can a passenger with reduced mobility ask for on the day of travel?',
        {
          answerText:
            'A wheelchair and a guide to the gate can be asked for until two hours before departure.',
          playbookSource: {
            snippets: [
              {
                title: 'Special assistance',
                uri: 'https://help.example/assistance',
                text: 'Assistance can be booked until two hours before departure, by phone only.',
              },
            ],
          },
        },
        {
          searchContexts: [
            { key: 'airport', value: 'LIS' },
            { key: 'service', value: 'wheelchair' },
          ],
          further: ['Where is the assistance desk in Lisbon?'],
        },
      ),
    ),
    suggestLater(
      companion(3, {
        suggestedAction: 'Tell the customer that both seats are booked, and book assistance.',
        suggestedReply:
          'Both of you are on BW 482 now, in seats 14A and 14B. I have asked for a wheelchair at the gate.',
        explanation: 'The rebooking went through.',
        triggeringToolCallAnswerRecords: [record('rebooking')],
        toolCalls: [
          {
            toolCallInfo: madeCall(REBOOKING, {
              content: { status: 'CONFIRMED', flight: 'BW 482', seats: ['14A', '14B'] },
            }),
          },
        ],
      }),
    ),
    agent('Both of you are on that flight now, in seats 14A and 14B, and a wheelchair waits at gate 22.'),
    customer('Oh, wonderful. And our suitcases, do we have to fetch them?', { sentiment: 0.6 }),
    suggestLater(
      companion(4, {
        suggestedReply: 'Your suitcases go to London with you. You need not fetch them.',
        explanation: 'Bags that are checked through follow a rebooking.',
        groundingMetadata: {
          groundingChunks: [
            {
              retrievedContext: {
                uri: 'https://help.example/baggage',
                title: 'Baggage and rebookings',
                text: 'Checked bags follow the passenger to the new flight.',
              },
            },
          ],
          groundingSupports: [
            {
              segment: { endIndex: 38, text: 'Your suitcases go to London with you. ' },
              groundingChunkIndices: [0],
            },
          ],
        },
      }),
    ),
    agent('You need not. They are checked through, and go to London with you.'),
    customer('You have been very kind. Thank you, Amara!', { sentiment: 0.9 }),
    suggestLater(
      summary({
        situation: 'Two passengers missed their connection in Lisbon after a delay of two hours.',
        action: 'Rebooked both to BW 482, seats 14A and 14B; asked for a wheelchair at the gate.',
        resolution: 'Bags follow. Nothing is open.',
      }),
    ),
    agent('It was a pleasure. Have a good flight!'),
    silence(700),
    hangUp,
  ],
};
