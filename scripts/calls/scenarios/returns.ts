import type { Scenario } from '../scenario.ts';
import { agent, customer, entity, hangUp, silence, suggest, suggestLater } from './steps.ts';
import {
  articles,
  coaching,
  faq,
  freeForm,
  knowledge,
  madeCall,
  proposedCall,
  record,
  smartReplies,
  summary,
} from './suggestions.ts';

const LABEL = {
  tool: 'returns',
  displayName: 'Returns',
  details: 'Makes return labels and looks up refunds',
  action: 'create_label',
  inputParameters: {
    order_id: 'A-20817',
    items: [{ sku: 'LAMP-3', quantity: 1, reason: 'DAMAGED' }],
    pick_up: false,
  },
  answerRecord: record('label'),
};

const STOCK = {
  tool: 'stock',
  displayName: 'Stock',
  details: 'Says how many are left',
  action: 'count',
  inputParameters: { sku: 'LAMP-3', warehouse: 'Reno' },
  answerRecord: record('stock'),
};

/** A lamp came broken: one tool call waits for the agent, another fails. */
export const returns: Scenario = {
  name: 'returns',
  title: 'A lamp came broken and goes back.',
  language: 'en-US',
  steps: [
    agent('Hello, this is Priya at Lumen and Oak. How can I help?'),
    customer('Hi. I ordered a table lamp, and the glass was broken when I opened the box on Saturday.', {
      sentiment: -0.4,
      entities: [entity('Saturday', 'date', '2026-03-07T12:00:00-08:00')],
      misheard: { glass: 'grass' },
    }),
    suggest(
      smartReplies(
        ['I am sorry about that. What is your order number?', 0.96],
        ['Would you rather have a new lamp or your money back?', 0.88],
        ['Could you send us a picture of it?', 0.61],
      ),
      articles(
        {
          title: 'Damaged on arrival',
          uri: 'https://help.example/damaged-on-arrival',
          snippets: ['A picture is enough up to 100 dollars.', 'The customer never pays for the way back.'],
          metadata: { document_display_name: 'Returns handbook' },
        },
        {
          title: 'Packing fragile items',
          uri: 'https://help.example/packing',
          snippets: ['Pieces of glass go into the inner box.'],
        },
      ),
    ),
    agent('I am sorry about that. What is your order number, please?'),
    customer('It is A 20817. I would rather have a new lamp than my money back.', {
      sentiment: -0.1,
      entities: [entity('20817', 'number', 20817)],
    }),
    suggestLater(
      coaching(
        {
          agentActionSuggestions: [{ agentAction: 'Make a return label and check the stock.' }],
          sampleResponses: [{ responseText: 'I can send you a new one, and a label for the broken one.' }],
        },
        {
          toolCallInfo: [
            proposedCall(LABEL),
            madeCall(STOCK, { error: 'The warehouse did not answer within 3 s.' }),
          ],
        },
      ),
    ),
    silence(1_300),
    agent('I can send you a new one, and a label for the broken one. Could you take it to a parcel shop?'),
    customer(
      'Yes, that is fine, there is one around the corner. What about the broken glass, is that safe?',
      {
        sentiment: 0.1,
      },
    ),
    suggest(
      faq(
        'returns',
        {
          question: 'How do I pack broken glass?',
          answer: 'Put the pieces into the inner box and tape it shut on all sides.',
          confidence: 0.92,
        },
        {
          question: 'Do I have to return a broken item?',
          answer: 'Below 30 dollars you may throw it away.',
          confidence: 0.41,
        },
      ),
      knowledge('How is broken glass packed for a return?', {
        answerText:
          'The pieces go into the inner box, which is taped shut on all sides and marked as fragile.',
        faqSource: { question: 'How do I pack broken glass?' },
      }),
    ),
    agent('Put the pieces into the inner box, please, tape it shut, and write “fragile” on it.'),
    suggestLater(
      freeForm(
        'email',
        'Subject: Your return label\n\nHello,\n\nhere is the label for order A-20817. Put the pieces into the inner box, tape it shut and write “fragile” on it.\n\nKind regards\nPriya',
      ),
    ),
    customer('All right. When does the new one arrive?', { sentiment: 0.2 }),
    agent('By Friday. You get the label and the tracking number by email in a minute.'),
    customer('Super, that was quick. Thanks a lot!', { sentiment: 0.9 }),
    suggestLater(
      summary({
        situation: 'Table lamp of order A-20817 arrived with broken glass.',
        action: 'New lamp ordered; return label sent; explained how to pack the pieces.',
        resolution: 'Replacement by Friday.',
      }),
    ),
    agent('You are welcome. Bye!'),
    silence(600),
    hangUp,
  ],
};
