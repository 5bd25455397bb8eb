import type { Scenario } from '../scenario.ts';
import {
  agent,
  breakdown,
  customer,
  entity,
  handover,
  hangUp,
  keypad,
  silence,
  suggest,
  suggestLater,
  virtualAgent,
} from './steps.ts';
import { assist, coaching, intents, knowledge, smartReplies, unanswered } from './suggestions.ts';

const INTENT = '{{location}}/agent/intents/';

/** A virtual agent hands over to a human, and the line breaks in the end. */
export const telecomOutage: Scenario = {
  name: 'telecom-outage',
  title: 'The internet is down; a virtual agent hands over, and the line breaks.',
  language: 'en-US',
  steps: [
    virtualAgent(
      'Welcome to Northline. Please enter your six-digit account number, and then press the pound key.',
    ),
    keypad('402917#'),
    virtualAgent('Thank you. Tell me in a few words what you are calling about.'),
    customer('My internet has been down since this morning, and I work from home.', {
      sentiment: -0.5,
      entities: [
        entity('this morning', 'date-time', {
          startDateTime: '2026-03-12T06:00:00-05:00',
          endDateTime: '2026-03-12T12:00:00-05:00',
        }),
      ],
      misheard: { internet: 'interview' },
    }),
    virtualAgent('I see an outage in your area. It should be fixed by six this evening. Does that help you?'),
    customer('No, it does not! I need to speak to a person, please.', { sentiment: -0.9 }),
    virtualAgent('I understand. One moment please, I am connecting you.', {
      responseMessages: [
        { text: { text: ['I understand. One moment please, I am connecting you.'] } },
        {
          liveAgentHandoff: {
            metadata: { queue: 'outages', account: '402917', reason: 'asked for a person' },
          },
        },
      ],
    }),
    handover,
    suggest(
      intents(
        {
          displayName: 'outage.compensation',
          intentV2: `${INTENT}outage-compensation`,
          description: 'The customer wants money back for an outage',
        },
        { displayName: 'outage.status', intentV2: `${INTENT}outage-status` },
        {
          displayName: 'contract.cancel',
          intentV2: `${INTENT}contract-cancel`,
          description: 'The customer wants to leave',
        },
      ),
    ),
    silence(1_500),
    agent(
      'Hello, this is Devon. I can see that you are without internet since this morning, and I am sorry.',
    ),
    customer('I have had to cancel two meetings already. When will it really be back?', {
      sentiment: -0.7,
      entities: [entity('two', 'number', 2)],
    }),
    suggest(
      assist({
        queryText: 'When will it really be back?',
        languageCode: 'en-us',
        action: 'outage.status',
        parameters: { area: 'Maple Heights', since: '2026-03-12T07:40:00-05:00', confirmed: true },
        allRequiredParamsPresent: true,
        fulfillmentText: 'A fiber line was cut in Maple Heights. Crews expect to finish by six this evening.',
        fulfillmentMessages: [
          {
            text: {
              text: ['A fiber line was cut in Maple Heights. Crews expect to finish by six this evening.'],
            },
          },
        ],
        intent: { name: `${INTENT}outage-status`, displayName: 'outage.status' },
        intentDetectionConfidence: 0.91,
      }),
      unanswered('How reliable is the estimated time of repair?', 'SEARCH_EMPTY_RESULTS'),
    ),
    suggestLater(
      coaching({
        applicableInstructions: [
          {
            displayName: 'Customer has a loss',
            condition: 'The customer names something that the outage has cost',
            agentAction: 'Name the loss back to the customer, then offer what you can do.',
            systemAction: 'Look up the credit of the contract.',
            triggeringEvent: 'END_OF_UTTERANCE',
          },
        ],
        agentActionSuggestions: [
          { agentAction: 'Acknowledge the two meetings.', sources: { instructionIndexes: [0] } },
          { agentAction: 'Offer a hotspot until the evening.', sources: { instructionIndexes: [0] } },
        ],
      }),
    ),
    agent(
      'Two meetings, I understand. A fiber line was cut, and crews expect to finish by six this evening.',
    ),
    customer('By six is too late for me. Can I at least get something for it?', { sentiment: -0.5 }),
    suggest(
      knowledge('Which credit is due for an outage of a day?', {
        answerText: 'A day without service gives a credit of a thirtieth of the monthly price, on request.',
        faqSource: { question: 'Do I get money back for an outage?' },
      }),
      smartReplies(
        ['I can credit one day of service to your next bill.', 0.9],
        ['I can turn on ten gigabytes of mobile data for today.', 0.86],
      ),
    ),
    agent('I can credit a day of service, and turn on ten gigabytes of mobile data for you right now.', {
      misheard: { credit: 'edit', gigabytes: 'giga bites' },
    }),
    customer('The mobile data would really help. How do I', { sentiment: 0.2 }),
    breakdown(14, 'The audio stream was interrupted and could not be resumed.'),
    silence(900),
    hangUp,
  ],
};
