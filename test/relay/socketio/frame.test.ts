import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { socketIoFrame, textFrame } from '../../../relay/socketio/frame.ts';
import type { LoggedEvent } from '../../../shared/stream/protocol.ts';
import { Fixture } from '../../helpers/fixture.ts';

const fixture = new Fixture(test);
/** What the server writes to: bytes that go to the client as they are. */
let wire: Duplex;
/** The parser of ws, which refuses what RFC 6455 does not allow. */
let client: WebSocket;
/** Rejects when the client has had enough. */
let refused: Promise<never>;

test.before(async () => {
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    wire = socket;
    fixture.defer(() => socket.destroy());
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
  });
  client = new WebSocket(`ws://127.0.0.1:${await fixture.listen(server)}`);
  fixture.defer(() => client.terminate());
  await once(client, 'open');
  refused = once(client, 'close').then(([code]) => {
    throw new Error(`the client closed with ${code}`);
  });
  refused.catch(() => {});
});

/** Sends bytes and resolves with the one message that the client makes of them. */
async function parsedBy(bytes: Buffer): Promise<{ text: string; isBinary: boolean }> {
  const message = once(client, 'message');
  wire.write(bytes);
  const [data, isBinary] = await Promise.race([message, refused]);
  return { text: String(data), isBinary };
}

const HEADERS: [bytes: number, header: number][] = [
  [0, 2],
  [1, 2],
  [125, 2],
  [126, 4],
  [127, 4],
  [255, 4],
  [256, 4],
  [65_535, 4],
  [65_536, 10],
  [70_000, 10],
  [2 ** 24 + 3, 10],
];
for (const [bytes, header] of HEADERS) {
  test(`a text of ${bytes} bytes is one final unmasked frame, header ${header}`, async () => {
    const text = 'x'.repeat(bytes);
    const frame = textFrame(text);
    assert.is(frame.length, header + bytes);
    assert.is(frame[0], 0x81);
    assert.is((frame[1] ?? 0) & 0x80, 0);
    const parsed = await parsedBy(frame);
    assert.is(parsed.isBinary, false);
    assert.ok(parsed.text === text);
  });
}

/** Texts whose length in bytes lies about a boundary, of characters of one to four bytes. */
const text = fc
  .tuple(
    fc.constantFrom(0, 125, 126, 65_535, 65_536),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.nat(5),
  )
  .map(([boundary, tail, less]) => {
    const wellFormed = tail.toWellFormed();
    return 'x'.repeat(Math.max(0, boundary - Buffer.byteLength(wellFormed) + 2 - less)) + wellFormed;
  });

test('every text arrives as it was, the one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (sent) => {
      assert.ok((await parsedBy(textFrame(sent))).text === sent);
    }),
    { numRuns: 500 },
  );
});

test('characters of several bytes are counted in bytes', async () => {
  for (const sent of ['é'.repeat(63), '日'.repeat(42), '😀'.repeat(16_384), '\u2028\0\u{10ffff}']) {
    assert.is((await parsedBy(textFrame(sent))).text, sent);
  }
});

test('half a surrogate pair becomes U+FFFD, and the frame stays whole', async () => {
  assert.is((await parsedBy(textFrame('a\ud83d'))).text, 'a\ufffd');
  assert.is((await parsedBy(textFrame('next'))).text, 'next');
});

const event: LoggedEvent = {
  type: 'event',
  position: { epoch: 'e', offset: 1, tag: 't' },
  previousTag: '0',
  kind: 'new-message-event',
  messageId: '1',
  json: JSON.stringify({ data: '{"text":"déjà 😀"}' }),
};
const START = `2["new-message-event",{"data":"{\\"text\\":\\"déjà 😀\\"}","cursor":"e.1.t"}`;

test('the ready-made frame of Socket.IO is the packet of other transports', async () => {
  const { packet, options } = socketIoFrame(event);
  assert.is(packet, `${START}]`);
  assert.is(options.wsPreEncodedFrame.length, 1);
  assert.is((await parsedBy(options.wsPreEncodedFrame[0] ?? Buffer.alloc(0))).text, `4${packet}`);
  assert.is(socketIoFrame(event), socketIoFrame(event));
});

test("one conversation's offset is the last argument of a shared frame", async () => {
  const { packet, options } = socketIoFrame(event, 'tagone.e.1.t');
  assert.is(packet, `${START},"tagone.e.1.t"]`);
  assert.is((await parsedBy(options.wsPreEncodedFrame[0] ?? Buffer.alloc(0))).text, `4${packet}`);
  assert.is(socketIoFrame(event, 'tagone.e.1.t'), socketIoFrame(event, 'tagone.e.1.t'));
});

test('an offset of several conversations is in a frame of its own', async () => {
  const offsets = ['a.e.1.t,b.e.2.t', 'a.e.1.t,b.e.3.t', 'a.e.1.t,b.e.10.t', 'a.e.1.t,b.e.2.t'];
  const made = offsets.map((offset) => socketIoFrame(event, offset));
  for (const [index, { packet, options }] of made.entries()) {
    assert.is(packet, `${START},"${offsets[index]}"]`);
    assert.is((await parsedBy(options.wsPreEncodedFrame[0] ?? Buffer.alloc(0))).text, `4${packet}`);
  }
});

test.run();
