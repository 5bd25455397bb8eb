// Runs docs/examples/ against a relay, over a connection that breaks.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../../scripts/local/chromium.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import { serveExamplePages } from '../helpers/example-pages.ts';
import { PATIENT, uniqueConversation } from '../helpers/redis.ts';
import { relayFixture } from '../helpers/relay-fixture.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/tcp-proxy.ts';
import { until } from '../helpers/until.ts';
import { findPython } from './resume/python.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LIMIT_MS = 30_000;

const clientScript = readFileSync(`${ROOT}dist/client/client.js`, 'utf8');
const fixture = relayFixture(test, { clientScript, redisTimeouts: PATIENT });
let proxy: TcpProxy;
let conversation: ShortName;

test.before.each(async () => {
  proxy = fixture.keep(await startTcpProxy(fixture.relay.port));
  conversation = uniqueConversation();
});

/** What an example shows, a line each. */
type Shown = () => Promise<string[]>;

const say = (content: string) =>
  fixture.publish(conversation, {
    data: { type: 'NEW_MESSAGE', newMessagePayload: { participantRole: 'END_USER', content } },
  });
const suggest = () =>
  fixture.publish(conversation, {
    kind: 'human-agent-assistant-event',
    data: { suggestionResults: [{ suggestArticlesResponse: {} }] },
  });
const finish = () =>
  fixture.publish(conversation, {
    kind: 'conversation-lifecycle-event',
    data: { type: 'CONVERSATION_FINISHED' },
  });

/** Each message is shown once, in order, over a connection that breaks. */
async function expectCall(shown: Shown): Promise<void> {
  const shows = (line: string) =>
    until(async () => (await shown()).some((each) => each.includes(line)), LIMIT_MS);
  const messages = async () => (await shown()).filter((line) => line.startsWith('END_USER'));
  await shows('joined');
  await say('first');
  await suggest();
  await shows('END_USER: first');
  await shows('suggestArticlesResponse');
  proxy.cut();
  await say('second');
  await shows('END_USER: second');
  await say('third');
  await shows('END_USER: third');
  await finish();
  await shows('finished');
  assert.equal(await messages(), ['END_USER: first', 'END_USER: second', 'END_USER: third']);
}

const relayUrl = () => `http://127.0.0.1:${proxy.port}`;

let browser: Browser | undefined;
test.after(() => browser?.close());

for (const file of ['socket-io.html', 'client.html']) {
  test(`${file} shows each message once over a broken connection`, async () => {
    browser ??= await launchChromium();
    const page = await browser.newPage();
    fixture.defer(() => page.close());
    const query = new URLSearchParams({ relay: relayUrl(), conversation });
    await page.goto(`${await serveExamplePages(fixture)}/${file}?${query}`);
    await expectCall(() => page.locator('p, li').allTextContents());
  });
}

const python = await findPython();
const testPython = python === undefined ? test.skip : test;
if (python === undefined) console.log('skipped: python3-socketio and python3-websocket are not installed');

for (const file of ['socket_io.py', 'native.py']) {
  testPython(`${file} shows each message once over a broken connection`, async () => {
    const child = spawn(python ?? '', [`${ROOT}docs/examples/${file}`, relayUrl(), conversation], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    fixture.defer(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    await expectCall(async () => output.split('\n'));
  });
}

test.run();
