// A desktop is sent what came together with one system call.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket, WebSocketServer } from 'ws';
import { gatherWrites, tcpOf } from '../../../relay/session/gather-writes.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { until } from '../../helpers/until.ts';

const fixture = new Fixture(test);
let sender: WebSocket;
let received: string[];
let closed: Promise<unknown[]>;
let calls: number;

/** What Node calls for each system call. */
type Writes = Record<'_write' | '_writev', (...args: unknown[]) => void>;

test.before.each(async () => {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  const port = await fixture.listen(http);
  fixture.defer(() => server.close());
  received = [];
  calls = 0;
  const connected = once(server, 'connection');
  const desktop = new WebSocket(`ws://127.0.0.1:${port}`);
  fixture.defer(() => desktop.terminate());
  desktop.on('message', (data) => received.push(String(data)));
  closed = once(desktop, 'close');
  [sender] = await connected;
  const tcp = tcpOf(sender) as unknown as Writes;
  for (const method of ['_write', '_writev'] as const) {
    const original = tcp[method];
    tcp[method] = (...args) => {
      calls++;
      original.apply(tcp, args);
    };
  }
});

function send(text: string): void {
  gatherWrites(sender);
  sender.send(text);
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

test('ten messages of one turn leave in order with one system call', async () => {
  for (const text of numbers(10)) send(text);
  await until(() => received.length === 10);
  assert.equal(received, numbers(10));
  assert.is(calls, 1);
});

test('two messages of two turns leave with two system calls', async () => {
  send('0');
  await turn();
  send('1');
  await until(() => received.length === 2);
  assert.is(calls, 2);
});

test('a megabyte in one turn never holds more than 64 KiB and a message back', async () => {
  const message = 'x'.repeat(1_000);
  let mostHeld = 0;
  for (let sent = 0; sent < 1_000; sent++) {
    send(message);
    if (tcpOf(sender).writableCorked > 0) mostHeld = Math.max(mostHeld, sender.bufferedAmount);
  }
  await until(() => received.length === 1_000);
  assert.ok(mostHeld > 60 * 1_024 && mostHeld < 66 * 1_024, `held ${mostHeld} bytes`);
});

test('a ping and a close behind gathered messages come after them', async () => {
  send('0');
  send('1');
  sender.ping('mark');
  await once(sender, 'pong');
  assert.equal(received, ['0', '1']);
  send('2');
  sender.close(4000, 'bye');
  const [code] = await closed;
  assert.is(code, 4000);
  assert.equal(received, ['0', '1', '2']);
});

test('a socket that is destroyed with gathered messages harms nobody', async () => {
  send('0');
  tcpOf(sender).destroy();
  const [code] = await closed;
  assert.is(code, 1006);
});

test.run();
