// What waits in front of a desktop is counted once, wherever it waits: in Engine.IO's queue or below it.
import { createServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { EngineConnection } from '../../../relay/socketio/engine-connection.ts';
import { textFrame } from '../../../relay/socketio/frame.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { until } from '../../helpers/until.ts';
import { openValve } from '../../helpers/valve.ts';

type Valve = Awaited<ReturnType<typeof openValve>>;

const fixture = new Fixture(test);
let valve: Valve;
let desktop: WebSocket;
let engine: Socket['conn'];
let connection: EngineConnection;
let closeCode: number | undefined;
let heartbeats = 0;
let written = 0;

test.before.each(async () => {
  const http = createServer();
  const io = new Server(http, { pingInterval: 50 });
  valve = fixture.keep(await openValve(await fixture.listen(http)));
  fixture.defer(() => io.close());
  const connected = new Promise<Socket>((resolve) => io.on('connection', resolve));
  desktop = new WebSocket(`${valve.url}/socket.io/?EIO=4&transport=websocket`.replace('http', 'ws'));
  fixture.defer(() => desktop.terminate());
  closeCode = undefined;
  written = 0;
  heartbeats = 0;
  desktop.on('close', (code) => {
    closeCode = code;
  });
  desktop.on('error', () => {});
  desktop.on('message', (data) => {
    if (String(data).startsWith('0')) desktop.send('40');
    if (String(data) === '2') desktop.send('3');
  });
  engine = (await connected).conn;
  connection = new EngineConnection(
    engine,
    () => {},
    () => heartbeats++,
  );
});

const MIB = 1024 * 1024;

function write(bytes: number): void {
  written += bytes;
  const packet = 'x'.repeat(bytes);
  connection.write(packet, { compress: false, wsPreEncodedFrame: [textFrame(`4${packet}`)] });
}

/** Shuts the valve and sends until the operating system takes no more. */
async function fillTheLine(): Promise<void> {
  valve.shut();
  for (let turns = 0; turns < 3; turns++) {
    while (connection.waitingBytes === 0) {
      write(64 * 1024);
      await undefined; // what is written in one turn leaves at its end
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(connection.waitingBytes > 0);
}

test('bytes that leave the queue of Engine.IO for a slow desktop count once', async () => {
  await fillTheLine();
  engine.write('an answer'); // occupies the transport until the line has taken all that stands before it
  engine.write('another'); // so this one waits in the queue, and all that follows behind it
  const below = connection.waitingBytes;
  write(8 * MIB);
  assert.ok(connection.waitingBytes >= below + 8 * MIB, 'in the queue');

  const flushed = new Promise((resolve) => engine.once('flush', () => setImmediate(resolve)));
  valve.open();
  await flushed;
  const { waitingBytes } = connection;
  assert.ok(waitingBytes > MIB && waitingBytes < 9 * MIB, `${waitingBytes} bytes wait below the queue`);
  await until(() => connection.waitingBytes === 0);
});

test('a slow desktop is given time to read up to the close, and told the code', async () => {
  await fillTheLine();
  connection.close(CLOSE.slow);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.is(closeCode, undefined);
  valve.open();
  await until(() => closeCode !== undefined);
  assert.is(closeCode, CLOSE.slow.code);
});

test('a connection that is cut ends at once, with what the system still holds for it', async () => {
  await fillTheLine();
  const held = written - connection.waitingBytes - valve.passed();
  connection.cut();
  await until(() => !connection.isOpen);
  const before = valve.passed();
  valve.open();
  await until(() => closeCode === 1006);
  const trickled = valve.passed() - before;
  assert.ok(trickled < held / 2, `${trickled} of ${held} bytes were still sent`);
});

test('a ping is sent behind what waits in the queue of Engine.IO', async () => {
  const order: string[] = [];
  desktop.on('message', (data) => order.push(String(data).slice(0, 6)));
  desktop.on('ping', (data) => order.push(`ping ${data}`));
  await fillTheLine();
  engine.write('answer'); // occupies the transport
  engine.write('waiting');
  connection.ping('mark');
  valve.open();
  await until(() => order.includes('ping mark'));
  assert.equal(order.slice(-2), ['4waiti', 'ping mark']);
});

test("the client's answers to Engine.IO's heartbeats are told", async () => {
  await until(() => heartbeats > 1);
});

test.run();
