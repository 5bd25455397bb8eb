// `npm run demo -- --once` as a user runs it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startLoopbackServer } from '../../scripts/local/loopback-server.ts';
import { findEmulator } from '../../scripts/local/pubsub-emulator.ts';
import { EVENT_KINDS } from '../../shared/event.ts';
import { startDemo } from '../helpers/demo.ts';
import { Fixture } from '../helpers/fixture.ts';

const fixture = new Fixture(test);

async function playsOneCall(pubsub: string): Promise<void> {
  const demo = startDemo('--once', `--pubsub=${pubsub}`);
  const code = await demo.ended;
  assert.is(code, 0, demo.output());
  const rows = new Map(
    [
      ...demo.output().matchAll(/^([a-z-]+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +[\d.]+ +[\d.]+$/gm),
    ].map((match) => [match[1], match.slice(2).map(Number)]),
  );
  assert.equal([...rows.keys()], [...EVENT_KINDS, 'total']);
  for (const [name, [published = 0, delivered = 0, lost, repeated, , superseded = 0]] of rows) {
    assert.ok(published > 0, `${name}: ${published} published`);
    assert.is(delivered + superseded, published, name);
    assert.is(lost, 0, name);
    assert.is(repeated, 0, name);
    if (name !== 'new-recognition-result-notification-event' && name !== 'total')
      assert.is(superseded, 0, name);
  }
  assert.match(demo.output(), /conversation is COMPLETED/);
}

test('one call, straight to the functions: every event arrives exactly once', () => playsOneCall('direct'));

const emulator = findEmulator(process.env);
const withEmulator = 'program' in emulator ? test : test.skip;
if ('missing' in emulator) console.log(`\nskipped: ${emulator.missing}`);

withEmulator('one call, through the Pub/Sub emulator: every event arrives exactly once', () =>
  playsOneCall('emulator'),
);

test('a wrong command line is told what is right', async () => {
  const demo = startDemo('--pubsub=kafka');
  assert.is(await demo.ended, 2);
  assert.match(demo.output(), /--pubsub takes emulator or direct/);
  assert.match(demo.output(), /Usage: npm run demo/);
});

test('a port that is taken ends it before there is a log to point at', async () => {
  const server = await startLoopbackServer((_, response) => void response.end());
  fixture.defer(() => server.stop());
  const { port } = new URL(server.url);
  const demo = startDemo(`--port=${port}`);
  assert.is(await demo.ended, 1);
  assert.match(demo.output(), `port ${port} is taken: choose another one`);
  assert.not.match(demo.output(), 'The logs');
});

test.run();
