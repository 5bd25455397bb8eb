import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChunkParser, WebChannelFormatError } from '../../../../relay/streams/webchannel/chunk-parser.ts';

const MAX_UNITS = 1_000;

/** A chunk as WebChannel sends it. The length of a JavaScript string is its number of UTF-16 units. */
function chunk(value: unknown): string {
  const json = JSON.stringify(value);
  return `${json.length}\n${json}`;
}

function parse(...parts: Uint8Array[]): unknown[] {
  const parser = new ChunkParser(MAX_UNITS);
  return parts.flatMap((part) => parser.push(part));
}

/** Bytes cut at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const borders = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
}

const values = fc.array(fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), { maxLength: 5 });
const bytesOf = (list: readonly unknown[]) => Buffer.from(list.map(chunk).join(''));
/** What JSON makes of a value: -0 becomes 0. */
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

test('chunks are the same at every border of two parts', () => {
  const list = [[[1, [{ text: 'a\u00e9\u20ac\u{1F600}' }]]], [[2, ['noop']]], '\u{1F600}\u{1F600}', ''];
  const bytes = bytesOf(list);
  for (let border = 0; border <= bytes.length; border++) {
    assert.equal(parse(...cut(bytes, [border])), list, `border ${border}`);
  }
  assert.equal(parse(...[...bytes].map((byte) => Uint8Array.of(byte))), list);
});

test('random chunks are the same however their bytes are cut', () => {
  fc.assert(
    fc.property(values, fc.array(fc.nat(), { maxLength: 8 }), (list, places) => {
      const bytes = bytesOf(list);
      fc.pre(list.every((value) => JSON.stringify(value).length <= MAX_UNITS));
      assert.equal(parse(...cut(bytes, places)), asJson(list));
    }),
    { numRuns: 500 },
  );
});

test('the values of a chunk come with its last byte', () => {
  const parser = new ChunkParser(MAX_UNITS);
  const bytes = Buffer.from(chunk(['\u{1F600}']));
  assert.equal(parser.push(bytes.subarray(0, -1)), []);
  assert.equal(parser.push(bytes.subarray(-1)), [['\u{1F600}']]);
});

test('line breaks between chunks are skipped', () => {
  assert.equal(parse(Buffer.from('\n\n2\n[]\n\n2\n{}\n')), [[], {}]);
});

test('random bytes end in values or in a format error, whole or cut', () => {
  const digit = fc.constantFrom(...Buffer.from('0123456789\n[]"{}'));
  const noise = fc.array(fc.oneof(digit, fc.nat({ max: 255 })), { maxLength: 60 });
  const outcome = (...parts: Uint8Array[]) => {
    try {
      return parse(...parts);
    } catch (error) {
      assert.instance(error, WebChannelFormatError);
      return 'refused';
    }
  };
  fc.assert(
    fc.property(noise, fc.array(fc.nat(), { maxLength: 4 }), (noisy, places) => {
      const bytes = Uint8Array.from(noisy);
      assert.equal(outcome(...cut(bytes, places)), outcome(bytes));
    }),
    { numRuns: 1_000 },
  );
});

const GARBAGE: [what: string, bytes: Buffer, message: string][] = [
  ['HTML', Buffer.from('<html>'), 'the length of a chunk is not a number'],
  ['a chunk without a length', Buffer.from('\n[]'), 'the length of a chunk is not a number'],
  ['a negative length', Buffer.from('-2\n[]'), 'the length of a chunk is not a number'],
  ['a length with a fraction', Buffer.from('2.0\n[]'), 'the length of a chunk is not a number'],
  ['a length of 1,001', Buffer.from('1001\n'), 'a chunk is longer than 1000 units'],
  ['endless digits', Buffer.from('00000'), 'a chunk is longer than 1000 units'],
  ['a length of 0', Buffer.from('0\n'), 'a chunk is not JSON'],
  ['a length in bytes', Buffer.from('5\n"\u20ac"'), ''],
  ['a length that cuts the JSON', Buffer.from('9\n{"secret":1}'), 'a chunk is not JSON'],
  ['a lone continuation byte', Buffer.from([0x31, 0x0a, 0x80]), 'the answer is not UTF-8'],
  ['a byte order mark', Buffer.from('\ufeff2\n[]'), 'the length of a chunk is not a number'],
];

for (const [what, bytes, message] of GARBAGE) {
  const expected = message === '' ? 'waits for more' : 'is refused';
  test(`${what} ${expected}`, () => {
    if (message === '') return assert.equal(parse(bytes), []);
    assert.throws(
      () => parse(bytes),
      (error: unknown) => error instanceof WebChannelFormatError && error.message === message,
    );
  });
}

test('an error has no cause and quotes nothing', () => {
  try {
    parse(Buffer.from('8\n"secret}'));
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).cause, undefined);
    assert.not.match(String((error as Error).stack), /secret/);
  }
});

test.run();
