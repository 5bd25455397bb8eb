import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonMistake, placeIn } from '../../../relay/desktop/suggestions/json-mistake.ts';

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** JSON with one character replaced, left out or added. */
const almostJson = fc
  .tuple(fc.json(), fc.nat(), fc.nat(2), fc.constantFrom(...'{}[],:"\\ 01-.eEtfnx\n\u0001'))
  .map(([json, at, removed, added]) => {
    const index = at % (json.length + 1);
    return json.slice(0, index) + (removed === 2 ? '' : added) + json.slice(index + Math.min(removed, 1));
  });

test('the mistake is where the first wrong character stands', () => {
  const cases: [string, number][] = [
    ['{"items": oops}', 10],
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['[1 2]', 3],
    ['[1}', 2],
    ['01', 1],
    ['{"a": "b', 6],
    ['{"a": 1', 7],
    ['', 0],
    ['1 2', 2],
    ["{'a': 1}", 1],
  ];
  for (const [json, index] of cases) assert.is(jsonMistake(json), index, json);
});

test('a text has no mistake exactly when JSON.parse takes it', () => {
  const text = fc.oneof(fc.json(), almostJson, fc.string());
  fc.assert(
    fc.property(text, (json) => (jsonMistake(json) === undefined) === isJson(json)),
    { numRuns: 5_000 },
  );
});

test('what stands before the mistake can be completed, or ends in a started token', () => {
  fc.assert(
    fc.property(almostJson, (json) => {
      const index = jsonMistake(json);
      return (
        index === undefined || jsonMistake(json.slice(0, index)) === index || isJson(json.slice(0, index))
      );
    }),
    { numRuns: 2_000 },
  );
});

test('lines and columns count from 1', () => {
  assert.equal(placeIn('{\n  "a": oops\n}', 9), { line: 2, column: 8 });
  assert.equal(placeIn('', 0), { line: 1, column: 1 });
});

test.run();
