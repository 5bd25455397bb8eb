import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJoin } from '../../relay/session/join-request.ts';
import { shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import { fromCursor, toCursor } from '../../shared/stream/position.ts';
import { fuzz } from './fuzz.ts';
import { anyJson, mutated } from './mutations.ts';

const id = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-'), minLength: 1, maxLength: 32 });
const position = fc.record(
  { epoch: id, offset: fc.nat({ max: 999_999_999_999_999 }), tag: id },
  { noNullPrototype: true },
);
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 17 });
const nearly = fc.tuple(id, digits, id).map((parts) => parts.join('.'));
const anything = fc.oneof(
  nearly,
  mutated(position.map(toCursor)),
  fc.string({ unit: 'binary' }),
  anyJson,
  fc.anything(),
);

fuzz('whatever is handed back as a cursor is one that was given out, or none', {
  arbitrary: anything,
  check(value) {
    const read = fromCursor(value);
    if (read !== undefined) assert.is(toCursor(read), value);
  },
  runs: 20_000,
});

fuzz('a cursor leads back to its position', {
  arbitrary: position,
  check: (value) => assert.equal(fromCursor(toCursor(value)), value),
  runs: 5_000,
});

fuzz('whatever is asked for with a join, it is understood or refused in words', {
  arbitrary: fc.oneof(anything, fc.record({ conversation: anything, after: anything }, { requiredKeys: [] })),
  check(value) {
    try {
      parseJoin(value);
    } catch (error) {
      assert.is((error as Error).name, 'JoinRequestError');
    }
  },
  runs: 10_000,
});

const NAMES = fc.constantFrom(
  'projects/demo-project/conversations/c',
  'projects/123456/locations/global/conversations/a~b.c',
  'projects/other/conversations/c',
);
fuzz('any text for a conversation gets a short name of this project or is refused', {
  arbitrary: fc.oneof(mutated(NAMES), anything),
  check(value) {
    try {
      const name = shortName(value, { id: 'demo-project', number: '123456' });
      assert.match(name, /^projects\/demo-project\/conversations\/[\w-][\w.~-]{0,127}$/);
      assert.is(shortName(name, { id: 'demo-project' }), name);
    } catch (error) {
      if (!(error instanceof ConversationNameError)) throw error;
    }
  },
  runs: 20_000,
});

test.run();
