// Engine.IO packets as they go over a WebSocket, with everything that Socket.IO's own client never sends.
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../shared/close-codes.ts';
import { fuzz } from './fuzz.ts';
import { FuzzFixture } from './fuzz-fixture.ts';
import { ANSWER, connect, frames, isLast, LAST, withoutNamespace } from './socket-io-packets.ts';
import { converse } from './web-sockets.ts';

const fixture = new FuzzFixture(test);

const scenario = fc.tuple(connect, frames(12)).map(([first, rest]) => [first, ...rest]);

const isOfSocketIo = (text: string) => text.startsWith('4');

/** Those of Engine.IO beside ours: it ends without a code, and with 1009 what is too large. */
const CODES = new Set<number | undefined>([
  1000,
  1005,
  1009,
  ...Object.values(CLOSE).map(({ code }) => code),
]);

fuzz('any packet on Socket.IO is answered or closes its own connection only', {
  arbitrary: scenario,
  async check(list) {
    const { token, url } = fixture.relay;
    const sent = list.map((each) => (typeof each === 'string' ? each.replaceAll('TOKEN', token) : each));
    const address = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const { texts, code } = await converse(address, [], [...sent, LAST], {
      isAnswer: isOfSocketIo,
      isDone: isLast,
    });
    fixture.checkLog();
    if (code !== undefined) assert.ok(CODES.has(code), `closed with ${code}`);
    for (const text of texts) {
      assert.not.ok(fixture.isSecret(withoutNamespace(text)), 'a secret came back');
      assert.match(text, ANSWER);
    }
  },
  runs: 1_000,
  longRuns: 150_000,
  after: () => fixture.checkService(),
});

test.run();
