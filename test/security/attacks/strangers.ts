// A process of its own that does one thing to a relay without a token, over many connections, until it is killed. A
// connection that the relay ends is opened again.
//
// Usage: node strangers.ts ATTACK PORT CONNECTIONS
import { connect, type Socket } from 'node:net';
import { upgradeRequest } from '../../helpers/raw-http.ts';

const ENGINE = '/socket.io/?EIO=4&transport=websocket';
/** How long a stranger waits before it connects again, in milliseconds. */
const AGAIN_MS = 5;
/** Bytes that are written at once. */
const BATCH_BYTES = 64 * 1024;

/** What is sent first, and what is sent again and again after the first answer. */
interface Attack {
  first: string;
  again: Buffer | undefined;
  /** Whether the stranger reads what it is sent. */
  reads: boolean;
}

/** A masked client frame, whose mask is zeros. Source: RFC 6455, 5.2. */
function frame(opcode: number, payload: string): Buffer {
  const { length } = payload;
  const head = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head, 0, 0, 0, 0]), Buffer.from(payload)]);
}

const many = (message: Buffer) =>
  Buffer.concat(Array<Buffer>(Math.ceil(BATCH_BYTES / message.length)).fill(message));

const [TEXT, PING, PONG] = [1, 9, 10];
const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'unread pings': { first: upgradeRequest(ENGINE), again: many(frame(PING, 'x'.repeat(125))), reads: false },
  'unknown namespaces': {
    first: upgradeRequest(ENGINE),
    again: many(frame(TEXT, `40/${'x'.repeat(16_000)},`)),
    reads: false,
  },
  'short namespaces': { first: upgradeRequest(ENGINE), again: many(frame(TEXT, '40/x,')), reads: false },
  pipelining: { first: '', again: many(Buffer.from(request('/client.js'))), reads: false },
  'half requests': { first: `${request('/status')}GET /st`, again: undefined, reads: true },
  pongs: { first: upgradeRequest('/ws'), again: many(frame(PONG, '')), reads: true },
  'tiny packets': { first: upgradeRequest(ENGINE), again: many(frame(TEXT, '6')), reads: true },
};

function attack({ first, again, reads }: Attack, port: number): void {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.on('close', () => setTimeout(attack, AGAIN_MS, { first, again, reads }, port));
  if (first !== '') socket.write(first);
  const flood = () => {
    if (!reads) socket.pause();
    if (again !== undefined) pour(socket, again);
  };
  if (first === '') socket.once('connect', flood);
  else socket.once('data', flood);
  socket.resume();
}

function pour(socket: Socket, bytes: Buffer): void {
  if (socket.destroyed) return;
  if (socket.write(bytes)) setImmediate(pour, socket, bytes);
  else socket.once('drain', () => pour(socket, bytes));
}

const [name = '', port, connections] = process.argv.slice(2);
const chosen = ATTACKS[name];
if (chosen === undefined) throw new Error(`no attack is called ${name}`);
for (let index = 0; index < Number(connections); index++) attack(chosen, Number(port));
