// Engine.IO packets as they go over a WebSocket, with everything that Socket.IO's own client never sends.
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../shared/close-codes.ts';
import { fuzz } from './fuzz.ts';
import { anyJson, deepJson, mutated } from './mutations.ts';
import { CONVERSATIONS, type RelayWorld, SEKRET, startRelayWorld } from './relay-world.ts';
import { converse } from './web-sockets.ts';

let world: RelayWorld;
test.before(async () => {
  world = await startRelayWorld();
});
test.after(() => world.close());

const conversation = fc.oneof(
  fc.constantFrom<unknown>(...CONVERSATIONS),
  fc.constantFrom<unknown>(...CONVERSATIONS).map((name) => ({ conversation: name, after: '0' })),
  fc
    .tuple(fc.constantFrom(...CONVERSATIONS), mutated(fc.constantFrom('0', 'e.1.t')))
    .map(([name, after]) => ({ conversation: name, after })),
  fc
    .tuple(fc.constantFrom(...CONVERSATIONS), anyJson)
    .map(([name, after]) => ({ conversation: name, after })),
  mutated(fc.constantFrom(...CONVERSATIONS)),
  anyJson,
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
const frame: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 10, arbitrary: fc.tuple(ackId, event).map(([id, text]) => `42${id}${text}`) },
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
const connect = fc.oneof(
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
const frames = fc
  .tuple(connect, fc.array(frame, { minLength: 1, maxLength: 12 }))
  .map(([first, rest]) => [first, ...rest]);

/** Asked last: its answer comes when all before it were taken. */
const LAST = '424711["leave-conversation","none"]';
const isLast = (text: string) => text.startsWith('434711[') || text.startsWith('44'); // or refused

const isOfSocketIo = (text: string) => text.startsWith('4');

/** Those of Engine.IO beside ours: it ends without a code, and with 1009 what is too large. */
const CODES = new Set<number | undefined>([
  1000,
  1005,
  1009,
  ...Object.values(CLOSE).map(({ code }) => code),
]);

fuzz('whatever packets a Socket.IO connection is sent, it answers or is closed, and nobody else notices', {
  arbitrary: frames,
  async check(list) {
    const { token, url } = world.relay;
    const sent = list.map((each) => (typeof each === 'string' ? each.replaceAll('TOKEN', token) : each));
    const address = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const { texts, code } = await converse(address, [], [...sent, LAST], {
      isAnswer: isOfSocketIo,
      isDone: isLast,
    });
    world.checkLog();
    if (code !== undefined) assert.ok(CODES.has(code), `closed with ${code}`);
    for (const text of texts) {
      // A namespace comes back in the refusal to connect to it, whatever it is called.
      assert.not.ok(world.isSecret(text.replace(/^44\/[^,]*,/, '')), 'a secret came back');
      assert.match(text, /^(?:0\{|2$|3|4[0-4]|6)/);
    }
  },
  runs: 1_500,
  longRuns: 100_000,
  after: () => world.checkService(),
});

test.run();
