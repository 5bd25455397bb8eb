import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { headerOf, parseChannelMessage, parseHeader } from '../../../shared/stream/protocol.ts';

const KIND = 'new-message-event';
const JSON_TEXT = '{"data":"a\\nb"}';

test('a message id of any text comes back from its header', () => {
  const ids = [
    '11873204520761323',
    '',
    'a b',
    ' ',
    'a\nb',
    '\r\n',
    '%',
    '%zz',
    '%41',
    'a%20b',
    'é漢😀',
    '"\\',
    '\0',
    '1e E 5',
  ];
  for (const messageId of ids) {
    const header = headerOf({ kind: KIND, messageId });
    assert.match(header, /^[\x21-\x7e]+ [\x21-\x7e]*$/);
    assert.equal(parseHeader(header), { kind: KIND, messageId });
  }
});

test('a lone surrogate in a message id becomes the replacement character', () => {
  const header = headerOf({ kind: KIND, messageId: 'a\ud800b\udc00' });
  assert.equal(parseHeader(header), { kind: KIND, messageId: 'a\ufffdb\ufffd' });
});

test('every kind and every text comes back', () => {
  fc.assert(
    fc.property(fc.constantFrom(...EVENT_KINDS), fc.string({ unit: 'grapheme' }), (kind, messageId) => {
      assert.equal(parseHeader(headerOf({ kind, messageId })), { kind, messageId });
    }),
  );
});

test('a header that is not ours is none', () => {
  for (const header of [
    '',
    ' ',
    'new-message',
    'new-message-event2 5',
    ' new-message-event 5',
    '__proto__ 5',
    'new-message-event %',
    'new-message-event %c3',
    'new-message-event %zz',
  ]) {
    assert.is(parseHeader(header), undefined, header);
  }
});

test('a retained event has its own position and the tag before it', () => {
  assert.equal(parseChannelMessage(`1e ep 7 tag7 tag6 ${KIND} a%20b\n${JSON_TEXT}`), {
    type: 'event',
    position: { epoch: 'ep', offset: 7, tag: 'tag7' },
    previousTag: 'tag6',
    kind: KIND,
    messageId: 'a b',
    json: JSON_TEXT,
  });
});

test('an interim transcript has the position it was said at and its sequence', () => {
  const kind = 'new-recognition-result-notification-event';
  assert.equal(parseChannelMessage(`1i ep 0 0 12 ${kind} 9\n${JSON_TEXT}`), {
    type: 'interim',
    position: { epoch: 'ep', offset: 0, tag: '0' },
    sequence: 12,
    kind,
    messageId: '9',
    json: JSON_TEXT,
  });
});

test('a message without an id is one of ours', () => {
  const message = parseChannelMessage(`1e ep 1 t 0 ${KIND} \n{}`);
  assert.is(message?.messageId, '');
  assert.is(message?.json, '{}');
});

test('only the first line feed ends the header', () => {
  assert.is(parseChannelMessage(`1e ep 1 t 0 ${KIND} 5\na\nb\n`)?.json, 'a\nb\n');
});

test('fields that a newer build has added to a header are left out', () => {
  assert.equal(
    parseChannelMessage(`1e ep 7 t7 t6 ${KIND} 5 more and-more\n{}`),
    parseChannelMessage(`1e ep 7 t7 t6 ${KIND} 5\n{}`),
  );
  assert.equal(parseHeader(`${KIND} 5 more`), { kind: KIND, messageId: '5' });
});

test('a message of an unknown kind or with a malformed id has only its place', () => {
  const nothing = { kind: 'unknown', messageId: '', json: '' };
  for (const header of ['other-event 5', 'other-event', `${KIND} %`, '__proto__ 5', 'unknown 5']) {
    const position = { epoch: 'ep', offset: 7, tag: 't7' };
    const event = { type: 'event', position, previousTag: 't6', ...nothing };
    assert.equal(parseChannelMessage(`1e ep 7 t7 t6 ${header}\n{"a":1}`), event);
    const interim = { type: 'interim', position, sequence: 3, ...nothing };
    assert.equal(parseChannelMessage(`1i ep 7 t7 3 ${header}\n{"a":1}`), interim);
  }
});

const FOREIGN: Record<string, string> = {
  'the empty text': '',
  'a line feed': '\n',
  'no line feed': `1e ep 1 t 0 ${KIND} 5`,
  "the reference's message": '{"conversation_name":"projects/p/conversations/c"}',
  'a later version': `2e ep 1 t 0 ${KIND} 5\n{}`,
  'another type': `1x ep 1 t 0 ${KIND} 5\n{}`,
  'an offset that is no number': `1e ep one t 0 ${KIND} 5\n{}`,
  'an empty offset': `1e ep  t 0 ${KIND} 5\n{}`,
  'a negative offset': `1e ep -1 t 0 ${KIND} 5\n{}`,
  'an offset with a fraction': `1e ep 1.5 t 0 ${KIND} 5\n{}`,
  'an empty epoch': `1e  1 t 0 ${KIND} 5\n{}`,
  'an empty tag': `1e ep 1  0 ${KIND} 5\n{}`,
  'an empty previous tag': `1e ep 1 t  ${KIND} 5\n{}`,
  'a sequence that is no number': `1i ep 1 t x ${KIND} 5\n{}`,
  'one part too few': `1e ep 1 t 0\n{}`,
};

for (const [what, text] of Object.entries(FOREIGN)) {
  test(`a channel message with ${what} is not one of ours`, () => {
    assert.is(parseChannelMessage(text), undefined);
  });
}

test('no text makes the parser throw, and what it takes has a whole position', () => {
  const word = fc.oneof(
    fc.constantFrom('1e', '1i', '', '0', '7', 'ep', '%', '%e4', KIND),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const nearlyOurs = fc
    .tuple(fc.array(word, { maxLength: 9 }), fc.string())
    .map(([words, end]) => `${words.join(' ')}\n${end}`);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearlyOurs), (text) => {
      const message = parseChannelMessage(text);
      if (message === undefined) return;
      assert.ok(Number.isSafeInteger(message.position.offset) && message.position.offset >= 0);
      if (message.type === 'interim') assert.ok(Number.isSafeInteger(message.sequence));
    }),
    { numRuns: 2_000 },
  );
});

test.run();
