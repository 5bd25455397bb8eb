import type { Scenario } from '../scenario.ts';
import { agent, customer, entity, hangUp, silence, suggest, suggestLater } from './steps.ts';
import { coaching, companion, failed, freeForm, knowledge, smartReplies, summary } from './suggestions.ts';

/** Water damage: answers with sources of the web, and a customer who calms down. */
export const insuranceClaim: Scenario = {
  name: 'insurance-claim',
  title: 'A burst pipe has ruined a kitchen floor.',
  language: 'en-GB',
  steps: [
    agent('Harbour Home Insurance, claims department, my name is Ellis. What has happened?'),
    customer('A pipe has burst under my sink, there is water everywhere, and my kitchen floor is ruined!', {
      sentiment: -0.9,
      misheard: { burst: 'first', sink: 'think' },
    }),
    suggest(
      smartReplies(
        ['Have you been able to turn the water off?', 0.97],
        ['Is anybody hurt?', 0.83],
        ['Is there any electricity near the water?', 0.8],
      ),
    ),
    suggestLater(
      coaching({
        applicableInstructions: [
          {
            displayName: 'Safety first',
            condition: 'There is a danger to people or things',
            agentAction: 'Make sure that everybody is safe before anything about the policy is asked.',
            triggeringEvent: 'CUSTOMER_MESSAGE',
          },
          {
            displayName: 'Limit the damage',
            condition: 'Water is still running',
            agentAction: 'Explain how to turn the water off.',
            triggeringEvent: 'CUSTOMER_MESSAGE',
          },
        ],
        agentActionSuggestions: [
          { agentAction: 'Ask whether anybody is hurt.', sources: { instructionIndexes: [0] } },
          { agentAction: 'Ask whether the water is off.', sources: { instructionIndexes: [1] } },
        ],
        sampleResponses: [
          {
            responseText: 'That sounds awful. Is everybody all right, and is the water off?',
            sources: { instructionIndexes: [0, 1] },
          },
        ],
      }),
    ),
    agent('That sounds awful. Is everybody all right, and is the water off?'),
    customer('Yes, we are fine, and I have turned it off. But the floor is only six months old.', {
      sentiment: -0.6,
      entities: [entity('six months', 'duration', { amount: 6, unit: 'mo' })],
    }),
    suggestLater(
      companion(
        1,
        {
          suggestedReply: 'Please take pictures before you dry anything, also of the pipe.',
          suggestedAction: 'Ask for pictures of the damage and of the broken pipe.',
          explanation: 'The claim needs pictures from before the clean-up.',
          instructionSource: {
            displayName: 'Evidence',
            condition: 'The customer reports damage to the building',
            actions: [{ description: 'Ask for pictures' }],
            triggerEvent: 'CUSTOMER_MESSAGE',
          },
          groundingMetadata: {
            webSearchQueries: ['dry wooden floor after burst pipe', 'photos before clean-up insurance'],
            searchEntryPoint: {
              renderedContent:
                '<div class="container"><a class="chip" href="https://search.example/?q=dry+floor">dry wooden floor</a></div>',
            },
            groundingChunks: [
              {
                web: {
                  uri: 'https://homes.example/water-damage',
                  title: 'What to do in the first hour',
                  domain: 'homes.example',
                },
              },
              {
                retrievedContext: {
                  uri: 'https://help.example/agents/evidence',
                  title: 'Evidence for claims',
                  text: 'Pictures are taken before anything is moved or dried.',
                },
              },
            ],
            groundingSupports: [
              {
                segment: {
                  endIndex: 63,
                  text: 'Please take pictures before you dry anything, also of the pipe.',
                },
                groundingChunkIndices: [0, 1],
              },
            ],
          },
        },
        {
          suggestedAction: 'Note that the customer is distressed.',
          explanation: 'The customer speaks fast and loud.',
          instructionSource: {
            displayName: 'Note for the file',
            disableSuggestedReply: true,
            triggerEvent: 'END_OF_UTTERANCE',
          },
        },
      ),
    ),
    agent('Then the worst is over. Please take pictures before you dry anything, also of the pipe.'),
    customer('I can do that. Will you pay for the whole floor, or only for the wet part?', {
      sentiment: -0.3,
    }),
    suggest(
      knowledge(
        'Does building cover pay for undamaged parts of a floor that must match?',
        {
          answerText:
            'The policy pays for the damaged part, and for half of the rest where the same floor cannot be had any more.',
          generativeSource: {
            snippets: [
              {
                title: 'Matching items',
                uri: 'https://help.example/policy/matching-items',
                text: 'We pay half the cost of undamaged parts of a set that cannot be matched.',
                metadata: { section: '4.2', edition: 2025 },
              },
              {
                title: 'Escape of water',
                uri: 'https://help.example/policy/escape-of-water',
                text: 'Damage by water from fixed pipes is covered, the pipe itself is not.',
                metadata: { section: '2.1', edition: 2025 },
              },
            ],
          },
        },
        { further: ['What is the excess for escape of water?'] },
      ),
    ),
    suggest(failed(14, 'The suggestion feature is temporarily unavailable.')),
    agent(
      'For the wet part in full. If the same floor cannot be had any more, we pay half of the rest, too.',
    ),
    customer('That is more than I had hoped. Is there an excess on it?', {
      sentiment: 0.3,
      misheard: { excess: 'access' },
    }),
    agent('Yes, 250 pounds. A surveyor comes on Monday between nine and eleven, if that suits you.', {
      entities: [entity('250 pounds', 'unit-currency', { amount: 250, currency: 'GBP' })],
    }),
    customer('Monday is fine. You have really calmed me down, thank you.', {
      sentiment: 0.8,
      entities: [entity('Monday', 'date', '2026-03-16T12:00:00Z')],
    }),
    suggestLater(
      summary({
        situation: 'Pipe burst under the kitchen sink; the floor, six months old, is ruined.',
        action: 'Checked safety; asked for pictures; explained matching items and the excess of 250 pounds.',
        resolution: 'Surveyor on Monday between 9 and 11.',
        customer_satisfaction: 'Distressed at first, calm in the end.',
      }),
      freeForm('follow-up', 'Send the claim number and the list of what the surveyor needs.'),
    ),
    agent('I am glad. You get the claim number by text message in a moment. Take care!'),
    silence(800),
    hangUp,
  ],
};
