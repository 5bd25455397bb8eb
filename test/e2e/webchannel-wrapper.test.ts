// The WebChannel client of Google's browser SDKs against the simulator. It holds true what the relay's own client is
// tested with.
import { createServer } from 'node:http';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCamelCaseKeys } from '../../relay/streams/webchannel/camel-case.ts';
import { launchChromium } from '../../scripts/local/chromium.ts';
import { COMPANION_PATH } from '../../scripts/local/dialogflow/companion.ts';
import { until } from '../helpers/until.ts';
import {
  CITED,
  companionFixture,
  QUESTION,
  withoutTimes,
} from '../scripts/local/dialogflow/companion-fixture.ts';

const fixture = companionFixture(test);
/** For one step on a busy machine, in milliseconds. */
const LIMIT_MS = 30_000;

/** What the page keeps of its stream. */
interface PageStream {
  seen: object[];
  send(message: object): void;
  close(): void;
}

/** The page's program: `openStream` opens a stream and keeps what it sees. */
const PROGRAM = `
import { createWebChannelTransport, WebChannel } from '@firebase/webchannel-wrapper/webchannel-blob';
globalThis.openStream = (url, options) => {
  const channel = createWebChannelTransport().createWebChannel(url, {
    httpSessionIdParam: 'gsessionid',
    sendRawJson: true,
    supportsCrossDomainXhr: true,
    ...options,
  });
  const seen = [];
  const { OPEN, CLOSE, ERROR, MESSAGE } = WebChannel.EventType;
  channel.listen(OPEN, () => seen.push({ event: 'open' }));
  channel.listen(CLOSE, () => seen.push({ event: 'close' }));
  channel.listen(ERROR, (error) => seen.push({ event: 'error', status: error.status }));
  channel.listen(MESSAGE, ({ data }) => seen.push({ event: 'message', message: data[0] }));
  channel.open();
  globalThis.stream = { seen, send: (message) => channel.send(message), close: () => channel.close() };
};`;

let browser: Browser;
let page: Page;

test.before(async () => {
  const stdin = { contents: PROGRAM, resolveDir: import.meta.dirname };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: 'iife' });
  const script = outputFiles[0]?.text ?? '';
  // Another origin than the simulator's, as a desktop's is another than Google's.
  const port = await fixture.listen(
    createServer((_request, response) =>
      response.setHeader('content-type', 'text/html; charset=utf-8').end(`<script>${script}</script>`),
    ),
  );
  browser = fixture.keep(await launchChromium());
  page = await browser.newPage();
  // After an error the client looks for Google, to tell whether the page is offline.
  await page.route(/^https:/, (route) => route.abort());
  await page.goto(`http://127.0.0.1:${port}/`);
});

type OpenStream = (url: string, options: object) => void;

async function openStream(options: object): Promise<void> {
  const url = fixture.server.url + COMPANION_PATH;
  await page.evaluate(
    ([to, given]) => (globalThis as unknown as { openStream: OpenStream }).openStream(to, given),
    [url, options] as const,
  );
  fixture.defer(async () => {
    await closeStream();
    await until(() => fixture.server.streams.size === 0, LIMIT_MS, 'no stream of the test is open');
  });
  await waitFor((seen) => seen.some((item) => 'event' in item && item.event === 'open'));
}

function send(message: object): Promise<void> {
  return page.evaluate((given) => (globalThis as unknown as { stream: PageStream }).stream.send(given), {
    participant: fixture.participant,
    ...message,
  });
}

function closeStream(): Promise<void> {
  return page.evaluate(() => (globalThis as unknown as { stream: PageStream }).stream.close());
}

function seen(): Promise<object[]> {
  return page.evaluate(() => (globalThis as unknown as { stream: PageStream }).stream.seen);
}

async function waitFor(condition: (items: object[]) => boolean): Promise<object[]> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const items = await seen();
    if (condition(items)) return items;
    if (Date.now() > deadline) throw new Error(`the page has seen ${JSON.stringify(items)}`);
    await page.waitForTimeout(20);
  }
}

/** The messages so far, once so many answers are complete. */
async function messages(answers: number): Promise<Record<string, unknown>[]> {
  const isFinal = (item: object) => JSON.stringify(item).includes('"is_final":true');
  const items = await waitFor((all) => all.filter(isFinal).length >= answers);
  return items
    .filter((item) => 'message' in item)
    .map((item) => withCamelCaseKeys((item as { message: object }).message) as Record<string, unknown>);
}

const TRANSPORTS: [name: string, options: object][] = [
  ['one streamed GET', {}],
  ['fetch streams', { useFetchStreams: true }],
  ['long polling', { forceLongPolling: true }],
];

for (const [name, options] of TRANSPORTS) {
  test(`a question is answered with its sources, over ${name}`, async () => {
    await openStream(options);
    await send({ textInput: QUESTION });
    assert.equal((await messages(1)).map(withoutTimes), CITED);
  });
}

test('GETs that are cut within an answer lose and repeat nothing', async () => {
  await openStream({});
  const timer = setInterval(() => fixture.server.streams.cutGets(), 10);
  fixture.defer(() => clearInterval(timer));
  await send({ textInput: QUESTION });
  assert.equal((await messages(1)).map(withoutTimes), CITED);
});

test('a tool call is proposed, and runs when it is confirmed', async () => {
  await openStream({});
  await send({ textInput: 'A refund, please' });
  const proposal = JSON.stringify(await messages(1));
  const [, answerRecord] =
    /"createTime":"[^"]+","answerRecord":"([^"]+)","state":"NEEDS_CONFIRMATION"/.exec(proposal) ?? [];
  await send({ suggestionInput: { answerRecord, action: 'CONFIRM' } });
  assert.match(JSON.stringify((await messages(2)).at(-1)), /The refund was made.*"toolCallResult"/);
});

test('a cancel is confirmed', async () => {
  await openStream({});
  fixture.pace.holdNext();
  await send({ textInput: QUESTION });
  await send({ cancelReactiveQuery: {} });
  assert.is((await messages(1)).at(-1)?.status, 'CANCELLED');
});

test('an error comes as a message, and the stream is closed', async () => {
  await openStream({});
  await send({ textInput: 'quota' });
  const items = await waitFor((all) => all.some((item) => 'event' in item && item.event === 'close'));
  assert.equal(items.slice(1), [
    {
      event: 'message',
      message: [{ error: { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED' } }],
    },
    { event: 'close' },
  ]);
});

test('a page that closes its stream ends it for the simulator, too', async () => {
  await openStream({});
  assert.is(fixture.server.streams.size, 1);
  await closeStream();
  await waitFor(() => fixture.server.streams.size === 0);
});

test.run();
