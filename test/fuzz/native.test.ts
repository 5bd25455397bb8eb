// Frames of the native protocol, good, bad and broken, each conversation on a connection of its own.
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../shared/close-codes.ts';
import { SUBPROTOCOL, WIRE_ERRORS } from '../../shared/wire.ts';
import { fuzz } from './fuzz.ts';
import { CONVERSATIONS, FuzzFixture, SEKRET } from './fuzz-fixture.ts';
import { anyJson, damaged, deepJson, mutated } from './mutations.ts';
import { converse } from './web-sockets.ts';

const fixture = new FuzzFixture(test);

const id = fc.oneof(fc.nat({ max: 3 }), fc.constantFrom('a', '', 'x'.repeat(64), -1));
const conversation = fc.constantFrom(
  ...CONVERSATIONS,
  CONVERSATIONS[0]?.replace('/conv', '/locations/us/conv'),
  'x',
);
const after = fc.oneof(
  fc.constantFrom('0', null, undefined),
  mutated(fc.constantFrom('0', 'e.1.t', 'e.999999999999999.t')),
);
const good = fc.oneof(
  fc.record({ type: fc.constant('join'), id, conversation, after }, { noNullPrototype: true }),
  fc.record({ type: fc.constant('leave'), id, conversation }, { noNullPrototype: true }),
  fc.constant({ type: 'ping' }),
  fc.constant({ type: 'auth', token: 'TOKEN' }),
);
const frame: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 12, arbitrary: good.map((fields) => JSON.stringify(fields)) },
  { weight: 2, arbitrary: mutated(good.map((fields) => JSON.stringify(fields))) },
  { weight: 1, arbitrary: good.chain(damaged).map((fields) => JSON.stringify(fields)) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      anyJson.map((value) => JSON.stringify(value)),
      deepJson,
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(
        'x'.repeat(64 * 1024),
        `{"type":"auth","token":"${SEKRET}"}`,
        `{"type":"auth","token":"${'x'.repeat(9_000)}"}`,
      ),
    ),
  },
);
const frames = fc
  .tuple(fc.constantFrom(true, true, true, false), fc.array(frame, { minLength: 1, maxLength: 16 }))
  .map(([isAuthenticated, list]) => (isAuthenticated ? ['{"type":"auth","token":"TOKEN"}', ...list] : list));

/** Asked last: its answer comes when all before it were taken. */
const LAST = 'the last of all';

/** The id of a request as it comes over, where half a surrogate pair is lost. */
function idOf(frame: string | Buffer): unknown {
  try {
    return JSON.parse(Buffer.from(frame as string).toString())?.id;
  } catch {
    return undefined;
  }
}

const CODES = new Set<number | undefined>([1009, ...Object.values(CLOSE).map(({ code }) => code)]);
const TYPES = ['ready', 'joined', 'left', 'event', 'reset', 'error', 'pong'];

fuzz('any frame on a native connection gets a known answer or close code', {
  arbitrary: frames,
  async check(list) {
    const { token, url } = fixture.relay;
    const sent = list.map((each) => (typeof each === 'string' ? each.replaceAll('TOKEN', token) : each));
    const asked = [...sent, JSON.stringify({ type: 'leave', id: LAST, conversation: 'none' })];
    const { texts, code } = await converse(`${url.replace('http', 'ws')}/ws`, [SUBPROTOCOL], asked, {
      isAnswer: () => true,
      isDone: (text) => text.includes(LAST),
    });
    fixture.checkLog();
    if (code !== undefined) assert.ok(CODES.has(code), `closed with ${code}`);
    const answers = new Map<unknown, number>();
    for (const text of texts) {
      assert.not.ok(fixture.isSecret(text), 'a secret came back');
      const answer = JSON.parse(text);
      assert.ok(TYPES.includes(answer.type), text);
      if (answer.type === 'error') assert.ok(answer.code in WIRE_ERRORS, text);
      if ('id' in answer) answers.set(answer.id, (answers.get(answer.id) ?? 0) + 1);
    }
    for (const [each, count] of answers) {
      const asking = asked.filter((text) => idOf(text) === each).length;
      assert.ok(
        count <= asking,
        `${count} answers to ${asking} requests with the id ${JSON.stringify(each)}`,
      );
    }
  },
  runs: 1_500,
  longRuns: 200_000,
  after: () => fixture.checkService(),
});

test.run();
