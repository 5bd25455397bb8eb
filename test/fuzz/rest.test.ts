// Bytes of HTTP to every route of the relay, on connections of their own.
import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fuzz } from './fuzz.ts';
import { stream } from './http-requests.ts';
import { type RelayWorld, startRelayWorld } from './relay-world.ts';

let world: RelayWorld;
test.before(async () => {
  world = await startRelayWorld();
});
test.after(() => world.close());

/** How long bytes that are no whole request are waited with, in milliseconds, before this side ends. */
const PATIENCE_MS = 50;
/** Longer than anything takes but a long poll, which has nothing to answer with. */
const LIMIT_MS = 5_000;

/** Sends bytes and resolves with all that came back until the relay closed. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    const timers = [
      setTimeout(() => socket.end(), PATIENCE_MS),
      setTimeout(() => socket.destroy(), LIMIT_MS),
    ];
    socket.setEncoding('latin1').on('data', (part) => {
      answer += part;
      socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const timer of timers) clearTimeout(timer);
      resolve(answer);
    });
    socket.write(Buffer.from(bytes, 'utf8'));
  });
}

fuzz('whatever is sent to the REST routes, nothing fails and no secret comes back', {
  arbitrary: stream,
  async check(text) {
    const answer = await exchange(world.relay.port, text.replaceAll('TOKEN', world.relay.token));
    world.checkLog();
    for (const [line, status] of answer.matchAll(/^HTTP\/1\.1 (\d{3}) .*$/gm))
      assert.ok(Number(status) < 500, line);
    // A caller's origin and the header names that it asks for come back by design, whatever they are.
    const own = answer.replace(/^access-control-allow-.*$/gim, '');
    assert.not.ok(world.isSecret(own), 'a secret came back');
  },
  runs: 2_500,
  longRuns: 200_000,
  after: () => world.checkService(),
});

test.run();
