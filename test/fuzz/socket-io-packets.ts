// Packets of Socket.IO, good, bad and broken, in those of Engine.IO around them. `TOKEN` stands for a token that is good.
import * as fc from 'fast-check';
import { CONVERSATIONS, SEKRET } from './fuzz-fixture.ts';
import { anyJson, damaged, deepJson, mutated } from './mutations.ts';

const conversation = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...CONVERSATIONS) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(...CONVERSATIONS).map((name) => ({ conversation: name, after: '0' })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...CONVERSATIONS), fc.oneof(mutated(fc.constantFrom('0', 'e.1.t')), anyJson))
      .map(([name, after]) => ({ conversation: name, after })),
  },
  { weight: 1, arbitrary: mutated(fc.constantFrom(...CONVERSATIONS)) },
  { weight: 1, arbitrary: anyJson },
  { weight: 1, arbitrary: damaged({ conversation: CONVERSATIONS[0], after: '0' }) },
);
const event = fc
  .tuple(
    fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom('join-conversation', 'join-conversation', 'leave-conversation'),
      },
      { weight: 1, arbitrary: fc.constantFrom('disconnect', 'connect', '__proto__', '') },
    ),
    fc.oneof(
      { weight: 6, arbitrary: conversation.map((only) => [only]) },
      { weight: 1, arbitrary: fc.array(conversation, { maxLength: 3 }) },
    ),
  )
  .map(([name, parameters]) => JSON.stringify([name, ...parameters]));
const ackId = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('', '0', '7', '9007199254740993') },
  { weight: 1, arbitrary: fc.constantFrom('00', '9'.repeat(400), '-1', '1e5') },
);
const namespace = fc.constantFrom('', '', '', '/admin,', '/,', '/__proto__,', `/${'x'.repeat(500)}?a=b,`);
/** Socket.IO's packet types and more: CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK. */
const type = fc.constantFrom('2', '2', '2', '0', '1', '3', '4', '51-', '50-', '5999999-', '61-', '7', '5');
const placeholder = fc
  .constantFrom<unknown>(0, 1, -1, 1e9, 'splice', '__proto__', null)
  .map((num) => JSON.stringify(['join-conversation', { _placeholder: true, num }]));
const packet = fc
  .tuple(
    type,
    namespace,
    ackId,
    fc.oneof({ weight: 5, arbitrary: event }, { weight: 1, arbitrary: placeholder }),
  )
  .map((parts) => `4${parts.join('')}`);
const binary = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
/** One that a desktop could send, whatever it asks for: the connection goes on behind it. */
const sound = fc
  .tuple(
    fc.constantFrom('', '0', '7', '9007199254740993'),
    fc.constantFrom('join', 'join', 'join', 'leave'),
    conversation,
  )
  .map(([id, verb, each]) => `42${id}${JSON.stringify([`${verb}-conversation`, each])}`);
const frame: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 20, arbitrary: sound },
  { weight: 5, arbitrary: fc.tuple(ackId, event).map(([id, text]) => `42${id}${text}`) },
  { weight: 3, arbitrary: packet },
  { weight: 3, arbitrary: mutated(packet) },
  { weight: 1, arbitrary: binary },
  { weight: 1, arbitrary: fc.tuple(placeholder, binary).map(([text]) => `451-${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('2', '3', '5', '6', '1', '', '2probe', `40{"token":"${SEKRET}"}`, 'b4AAAA'),
  },
  { weight: 1, arbitrary: deepJson.map((text) => `42["join-conversation",${text}]`) },
  { weight: 1, arbitrary: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('x'.repeat(17_000))) },
);

/** What follows on a connection: whatever one may send, or only what keeps it open. */
export const frames = (maxLength: number): fc.Arbitrary<(string | Buffer)[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.array(frame, { minLength: 1, maxLength }) },
    { weight: 2, arbitrary: fc.array(sound, { minLength: 1, maxLength }) },
  );

/** What a connection begins with: mostly a token that is good. */
export const connect = fc.oneof(
  { weight: 8, arbitrary: fc.constant('40{"token":"TOKEN"}') },
  { weight: 1, arbitrary: mutated(fc.constantFrom('40{"token":"TOKEN"}', '40/admin,{"token":"TOKEN"}')) },
  {
    weight: 1,
    arbitrary: fc
      .oneof(
        anyJson,
        anyJson.map((token) => ({ token })),
      )
      .map((auth) => `40${JSON.stringify(auth)}`),
  },
);

/** Asked last: its answer comes when all before it were taken. */
export const LAST = '424711["leave-conversation","none"]';
export const isLast = (text: string) => text.startsWith('434711[') || text.startsWith('44'); // or refused

/** What a text of the relay may be: Engine.IO's type, and of a message that of Socket.IO. */
export const ANSWER = /^(?:0\{|1$|2$|3|4[0-4]|6)/;

/** Without what comes back by design: a namespace, in the refusal to connect to it. */
export const withoutNamespace = (text: string) => text.replace(/^44\/[^,]*,/, '');
