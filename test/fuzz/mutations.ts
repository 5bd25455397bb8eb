import * as fc from 'fast-check';

/** One change to a text or to bytes: what is there is replaced, left out, repeated, or something is put in. */
type Edit = { at: number; remove: number; insert: string };

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  remove: fc.constantFrom(0, 1, 1, 2, 5, 40),
  insert: fc.oneof(
    fc.constant(''),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('0', '1', '9', 'a', '_', '-', ':', '~'),
    fc.constantFrom(
      '\0',
      '\r\n',
      '"',
      '\\',
      '{',
      ']',
      ',',
      '.',
      '%',
      '/',
      '..',
      '-1',
      '1e999',
      '\ud800',
      'null',
      '😀',
    ),
    fc.constantFrom('__proto__', 'constructor', 'toString', '=', '==', 'AAAA', ' '.repeat(9), '9'.repeat(25)),
  ),
});

/** The texts of `originals` with some changes, and so many in ten as they are. */
export function mutated(originals: fc.Arbitrary<string>, asTheyAre = 1): fc.Arbitrary<string> {
  return fc
    .tuple(
      originals,
      fc.oneof(
        { weight: asTheyAre, arbitrary: fc.constant([]) },
        { weight: 10 - asTheyAre, arbitrary: edits },
      ),
    )
    .map(([text, changes]) => changes.reduce(applyEdit, text));
}

const edits = fc.array(edit, { minLength: 1, maxLength: 4 });

function applyEdit(text: string, { at, remove, insert }: Edit): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + insert + text.slice(start + remove);
}

/** Anything that JSON can say, with the names that have tripped parsers among the keys. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(
    fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'length', 'then'),
      fc.string(),
    ),
    fc.jsonValue({ maxDepth: 1 }),
    { maxKeys: 4 },
  ),
);

/** A JSON text that is nested as deep as it says. */
export const deepJson: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(10, 1_000, 5_000), fc.constantFrom(['[', ']'], ['{"a":', '}']))
  .map(([depth, [open = '', close = '']]) => `${open.repeat(depth)}1${close.repeat(depth)}`);

/** Values at which code that expects another stumbles. */
const ODD = ['', ' ', '%', '\0', '\ud800', 'x'.repeat(300), null, true, 0, -1, 1e308, [], [[]], {}];
const oddValue: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom<unknown>(...ODD), anyJson);

/** JSON texts of those values. */
export const oddJson: fc.Arbitrary<string> = oddValue.map((value) => JSON.stringify(value));

/** An object in which some fields of a good one are left out, or hold something else. */
export function damaged(good: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(
      fc.subarray(Object.keys(good)),
      fc.array(oddValue, { maxLength: 2 }),
      fc.array(fc.nat(), { maxLength: 2 }),
    )
    .map(([kept, values, places]) => {
      const fields: Record<string, unknown> = Object.fromEntries(kept.map((key) => [key, good[key]]));
      const keys = Object.keys(good);
      values.forEach((value, index) => {
        const key = keys[(places[index] ?? index) % keys.length];
        if (key !== undefined) fields[key] = value;
      });
      return fields;
    });
}
