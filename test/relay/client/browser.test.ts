import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../../../scripts/local/chromium.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { until } from '../../helpers/until.ts';
import { bundleClient } from './build-client.ts';
import { CONVERSATION } from './client-fixture.ts';
import { type FakeRelayServer, startFakeRelay } from './fake-relay-server.ts';

const fixture = new Fixture(test);
const browser = fixture.keep(await launchChromium());

let relay: FakeRelayServer;
/** Where the page is. */
let address: string;
let page: Page;

/** What the page's script keeps for the test to look at. */
interface Seen {
  states: string[];
  ids: string[];
  resets: number;
}

/** The page of an integrator: a module script, no bundler. */
const pageFor = (relayUrl: string) => `<!doctype html><title>desk</title><script type="module">
import { createClient } from './client.js';

const seen = (window.seen = { states: [], ids: [], resets: 0 });
const client = (window.client = createClient({ url: '${relayUrl}', getToken: () => 'token' }));
client.on('state', ({ state, code }) => seen.states.push(state + ' ' + code));
client.on('event', ({ message_id }) => seen.ids.push(message_id));
client.on('reset', () => seen.resets++);
client.connect();
await client.join('${CONVERSATION}');
</script>`;

test.before(async () => {
  const bundle = join(fixture.directory(), 'client.js');
  await bundleClient(bundle);
  const script = await readFile(bundle);
  relay = fixture.keep(await startFakeRelay());
  const site = createServer((request, response) => {
    const isScript = request.url === '/client.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : pageFor(relay.url));
  });
  address = `http://127.0.0.1:${await fixture.listen(site)}/`;
});
test.before.each(async () => {
  page = fixture.keep(await browser.newPage());
  await page.goto(address);
});
const look = (): Promise<Seen> => page.evaluate('window.seen') as Promise<Seen>;
const received = async (count: number) => (await look()).ids.length >= count;
const idsSince = (first: number) =>
  relay.relay
    .log(CONVERSATION)
    .events.slice(first)
    .map(({ message_id }) => message_id);

test('in Chromium the bundle connects, joins, and resumes when its connection breaks', async () => {
  await until(() => relay.relay.sessions.size === 1);
  relay.relay.publish(CONVERSATION);
  await until(() => received(1));
  for (const socket of relay.sockets) socket.terminate();
  relay.relay.publish(CONVERSATION);
  await until(() => received(2));
  const { states, ids, resets } = await look();
  assert.equal(ids, idsSince(0));
  assert.is(resets, 0);
  assert.equal(states, ['connecting 0', 'ready 0', 'waiting 1006', 'connecting 1006', 'ready 0']);
});

test('in Chromium it notices that the network goes and comes, and misses nothing', async () => {
  const before = relay.relay.log(CONVERSATION).events.length;
  await until(() => received(before));
  await page.context().setOffline(true);
  await until(async () => (await look()).states.includes('waiting 3002'));
  relay.relay.publish(CONVERSATION);
  await page.context().setOffline(false);
  // At once: long before the 20 s after which it would have tried by itself.
  await until(() => received(before + 1));
  assert.equal((await look()).ids, idsSince(0));
});

test('a page that was reloaded has the conversation so far, once', async () => {
  const before = relay.relay.log(CONVERSATION).events.length;
  await until(() => received(before));
  await page.reload();
  await until(() => received(before));
  assert.equal((await look()).ids, idsSince(0));
});

test('in Chromium close() closes with 1000', async () => {
  await until(async () => (await look()).states.includes('ready 0'));
  const socket = [...relay.sockets].at(-1);
  const closed = new Promise((resolve) => socket?.once('close', resolve));
  await page.evaluate('window.client.close()');
  assert.is(await closed, 1000);
});

test.run();
