import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as events from './events.ts';
import { only, record } from './events.ts';

test('smart replies keep their rank, and a reply without text is left out', () => {
  const { smartReplyAnswers } = events.REPLIES.suggestSmartRepliesResponse;
  const answers = [...smartReplyAnswers, { confidence: 0.1, answerRecord: record('reply-3') }];
  const card = only('replies', { suggestSmartRepliesResponse: { smartReplyAnswers: answers } });
  assert.equal(
    card.answers.map(({ text, answerRecord }) => [text, answerRecord]),
    [
      ['Let me check that for you.', record('reply-1')],
      ['Could you tell me your policy number?', record('reply-2')],
    ],
  );
});

test('an article opens by http and https alone; any other address is text', () => {
  const card = only('articles', events.ARTICLES);
  assert.equal(card.answers[0]?.source, {
    title: 'How renewal prices are set',
    href: 'https://help.example.com/renewals',
    excerpt: '',
  });
  assert.equal(card.answers[1]?.source, {
    title: 'Archived price list',
    address: 'gs://brightwater/prices.pdf',
    excerpt: '',
  });
  assert.equal(card.answers[0]?.details, [{ name: 'document_display_name', value: 'Renewals' }]);
  for (const uri of ['javascript:alert(1)', 'data:text/html,x', ' javascript:alert(1)', 'JaVaScRiPt:0']) {
    const article = only('articles', { suggestArticlesResponse: { articleAnswers: [{ title: 'T', uri }] } });
    assert.is(article.answers[0]?.source.href, undefined, uri);
  }
});

test('an FAQ answer has its question, confidence and metadata', () => {
  const card = only('faq', events.FAQ);
  assert.equal(card.answers[0], {
    text: 'Open "Your cover" and choose "Renewal details".',
    question: 'Where can I see what changed in my renewal?',
    confidence: 0.90625,
    details: [{ name: 'document_display_name', value: 'Renewal FAQ (March)' }],
    answerRecord: record('faq-1'),
  });
});

test('a Dialogflow assist is an answer of the virtual agent or an intent to choose', () => {
  const card = only('assist', events.ASSIST);
  assert.equal(card.answers, [
    {
      answerRecord: record('assist-1'),
      text: 'Your parcel is on its way.',
      intent: 'parcel.where',
      description: '',
      parameters: [{ name: 'order', value: 'A-1001' }],
      isIntent: false,
    },
    {
      answerRecord: record('assist-2'),
      text: '',
      intent: 'parcel.cancel',
      description: 'Cancels a parcel.',
      parameters: [],
      isIntent: true,
    },
  ]);
});

test('extracted entities are names and values, nested ones as JSON', () => {
  const card = only('entities', events.ENTITIES);
  assert.equal(card.answers[0]?.parameters, [
    { name: 'policy-number', value: 'BW-22817' },
    { name: 'date', value: '{"year":2026}' },
  ]);
  assert.is(card.answers[0]?.text, 'policy-number: BW-22817\ndate: {"year":2026}');
});

test.run();
