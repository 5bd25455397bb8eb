// The bytes of WebSocket frames (RFC 6455) below both protocols: broken lengths, opcodes, masks, fragments and closes.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fuzz } from './fuzz.ts';
import { CONVERSATIONS, FuzzFixture } from './fuzz-fixture.ts';

const fixture = new FuzzFixture(test);

const payload = fc.oneof(
  fc.constantFrom(
    '{"type":"auth","token":"TOKEN"}',
    `{"type":"join","id":1,"conversation":"${CONVERSATIONS[0]}"}`,
  ),
  fc.constantFrom(
    '40{"token":"TOKEN"}',
    `420["join-conversation","${CONVERSATIONS[0]}"]`,
    '3',
    '\x03\xe8bye',
    '\x00',
    '\x0f\xa0',
  ),
  fc.string({ unit: 'binary', maxLength: 130 }),
);
/** First and second byte, and how the length is written: FIN, RSV and opcode; the mask; the length's form. */
const frame = fc.record({
  first: fc.oneof(fc.constantFrom(0x81, 0x81, 0x82, 0x01, 0x80, 0x88, 0x89, 0x8a), fc.nat({ max: 255 })),
  isMasked: fc.oneof(
    { weight: 6, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  form: fc.constantFrom('short', 'short', '16 bits', '64 bits', 'endless'),
  payload,
});
const stream = fc.tuple(
  fc.constantFrom('/ws', '/socket.io/?EIO=4&transport=websocket'),
  fc.array(frame, { minLength: 1, maxLength: 6 }),
  fc.boolean(),
);

type Frame = { first: number; isMasked: boolean; form: string; payload: string };

function encode({ first, isMasked, form, payload: text }: Frame): Buffer {
  const content = Buffer.from(text.replaceAll('TOKEN', fixture.relay.token), 'utf8');
  const header = headerOf(first, isMasked ? 0x80 : 0, content.length, form);
  if (!isMasked) return Buffer.concat([header, content]);
  const mask = randomBytes(4);
  const masked = Buffer.from(content.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([header, mask, masked]);
}

function headerOf(first: number, maskBit: number, size: number, form: string): Buffer {
  if (form === 'short' && size < 126) return Buffer.from([first, maskBit | size]);
  if (form === 'short' || form === '16 bits') {
    const header = Buffer.from([first, maskBit | 126, 0, 0]);
    header.writeUInt16BE(size, 2);
    return header;
  }
  const header = Buffer.alloc(10);
  header.set([first, maskBit | 127]);
  header.writeBigUInt64BE(form === 'endless' ? 2n ** 64n - 1n : BigInt(size), 2);
  return header;
}

const UPGRADE_LIMIT_MS = 30_000;
/** How long an end is waited for, in milliseconds: a frame that announces more than it has never ends. */
const PATIENCE_MS = 100;

/** Upgrades, sends the frames, and resolves with what came back until the relay closed or there was nothing to wait for. */
function exchange(path: string, bytes: Buffer, endsAtOnce: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port: fixture.relay.port, host: '127.0.0.1' });
    let answer = '';
    let timer = setTimeout(() => socket.destroy(), UPGRADE_LIMIT_MS);
    socket.setEncoding('latin1').on('data', (part: string) => {
      if (answer === '') {
        clearTimeout(timer);
        timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
        socket.write(bytes, () => (endsAtOnce ? socket.destroy() : socket.end()));
      }
      answer += part;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: agent-assist.v1\r\n\r\n',
    );
  });
}

fuzz('whatever bytes follow an upgrade, the connection ends and nobody else notices', {
  arbitrary: stream,
  async check([path, list, endsAtOnce]) {
    const answer = await exchange(path, Buffer.concat(list.map(encode)), endsAtOnce);
    fixture.checkLog();
    assert.match(answer, /^HTTP\/1\.1 101 /);
    assert.not.ok(fixture.isSecret(answer), 'a secret came back');
  },
  runs: 1_500,
  longRuns: 200_000,
  after: () => fixture.checkService(),
});

test.run();
