// A page in Chromium with the client that the relay serves, whose network goes and comes. Set TEST_LONG for more of it.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../../../scripts/local/chromium.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { until } from '../../helpers/until.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { formatTable, Ledger, makeRow } from './ledger.ts';
import { MessagePublisher } from './publishing.ts';

const fixture = redisFixture(test);
const browser = fixture.keep(await launchChromium());

const OUTAGES = process.env.TEST_LONG ? 40 : 5;
const EVENTS_OF_AN_OUTAGE = 20;
const LIMIT_MS = 60_000;

const conversation = uniqueConversation();
let fleet: Fleet;
let page: Page;

/** What the page's script keeps for the test to look at. */
interface Seen {
  state: string;
  outages: number;
  events: { message_id: string; cursor: string }[];
  resets: number;
}

const pageFor = (relay: string, token: string) => `<!doctype html><title>desk</title><script type="module">
import { createClient } from '${relay}/client.js';

const seen = (window.seen = { state: '', outages: 0, events: [], resets: 0 });
const client = createClient({ url: '${relay}', getToken: () => '${token}' });
client.on('state', ({ state, code }) => {
  seen.state = state;
  if (state === 'waiting' && code === 3002) seen.outages++;
});
client.on('joined', () => (seen.state = 'joined'));
client.on('event', ({ message_id, cursor }) => seen.events.push({ message_id, cursor }));
client.on('reset', () => seen.resets++);
client.connect();
client.join('${conversation}');
</script>`;

test.before(async () => {
  fleet = await startFleet(fixture, fixture.server.port);
  const html = pageFor(`http://127.0.0.1:${fleet.door.port}`, fleet.tokens.issue('test:browser', '').token);
  const site = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(html),
  );
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${await fixture.listen(site)}/`);
});

const look = (): Promise<Seen> => page.evaluate('window.seen') as Promise<Seen>;

test('a page whose network goes and comes has every event once', async () => {
  const publisher = new MessagePublisher(fleet.functionUrls);
  await until(async () => (await look()).state === 'joined', LIMIT_MS);
  for (let outage = 1; outage <= OUTAGES; outage++) {
    // At any point of the stream: while events are on their way, while the client is joining again, while it is away.
    const publishing = Array.from({ length: EVENTS_OF_AN_OUTAGE }, async (_, index) => {
      await sleep(index * 50);
      await publisher.publish(conversation, index % 5 === 0 ? 2 : 1);
    });
    await sleep(Math.random() * 400);
    await page.context().setOffline(true);
    await until(async () => (await look()).outages === outage, LIMIT_MS, 'the page has noticed the outage');
    await sleep(Math.random() * 400);
    await page.context().setOffline(false);
    await Promise.all(publishing);
  }
  const published = publisher.published.get(conversation) ?? [];
  const record = ({ events, resets }: Seen) => {
    const ledger = new Ledger(conversation);
    for (const event of events) ledger.add(event);
    ledger.told = resets;
    return ledger;
  };
  const hasAll = async () => record(await look()).places.size === published.length;
  await until(hasAll, LIMIT_MS).catch(() => {});
  await sleep(500); // for what should not come

  const seen = await look();
  const fault = `network gone and back, ${OUTAGES} times`;
  const row = makeRow(fault, 'native client in Chromium', publisher.published, [record(seen)]);
  console.log(`\n${formatTable([row])}\n`);
  assert.ok(row.published === OUTAGES * EVENTS_OF_AN_OUTAGE);
  assert.is(seen.outages, OUTAGES);
  assert.is(row.lost, 0);
  assert.is(row.skipped, 0);
  assert.is(row.repeated, 0);
  assert.is(row.told, '0/1');
});

test.run();
