import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../../helpers/browser.ts';
import { type PageServer, startPageServer } from '../../helpers/desktop-page.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { until } from '../../helpers/until.ts';

const fixture = new Fixture(test);
const browser = fixture.keep(await launchChromium());

const NAME = 'projects/p/locations/global/conversations/c1';

let server: PageServer;
let page: Page;
let faults: string[];
let messages = 0;

test.before.each(async () => {
  server = fixture.keep(await startPageServer());
  server.conversation = NAME;
  faults = [];
  page = fixture.keep(await browser.newPage());
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (entry) => {
    if (entry.type() === 'error') faults.push(entry.text());
  });
});

async function openCall(): Promise<void> {
  await page.goto(`${server.url}/?phone=%2B15550100`);
  await until(() => server.joins.length === 1);
}

function send(kind: string, data: object, extra: Record<string, unknown> = {}): void {
  server.emit(kind, {
    conversation_name: 'projects/p/conversations/c1',
    data: JSON.stringify({ conversation: NAME, ...data }),
    data_type: kind,
    publish_time: '2026-11-24T09:00:00Z',
    message_id: String(++messages),
    ...extra,
  });
}

const say = (content: string, id = 'm1', extra = {}) =>
  send(
    'new-message-event',
    { newMessagePayload: { name: `${NAME}/messages/${id}`, content, participantRole: 'END_USER' } },
    extra,
  );
const hear = (transcript: string, id = 'm1', publish_time = '2026-11-24T09:00:00Z') =>
  send(
    'new-recognition-result-notification-event',
    { newRecognitionResultPayload: { transcript } },
    { publish_time, participant_role: 'END_USER', new_recognition_result_message_id: id },
  );
const texts = (selector: string) => page.locator(selector).allTextContents();
const shows = (selector: string, expected: string[]) =>
  until(async () => JSON.stringify(await texts(selector)) === JSON.stringify(expected)).catch(async () =>
    assert.equal(await texts(selector), expected),
  );

test('the page joins the call of its phone number and shows that it is connected', async () => {
  await openCall();
  assert.equal(server.joins, [NAME]);
  await shows('#connection', ['connected']);
  assert.equal(faults, []);
});

test('interim text grows, and becomes the message', async () => {
  await openCall();
  hear('I was');
  await shows('#interim li', ['CustomerI was']);
  hear('I was charged');
  await shows('#interim li', ['CustomerI was charged']);
  say('I was charged twice.');
  await shows('#transcript li', ['CustomerI was charged twice.']);
  await shows('#interim li', []);
});

test('interim text that comes late changes nothing', async () => {
  await openCall();
  hear('newer', 'm1', '2026-11-24T09:00:01Z');
  await shows('#interim li', ['Customernewer']);
  hear('older', 'm1', '2026-11-24T09:00:00Z');
  say('other', 'm0');
  await shows('#transcript li', ['Customerother']);
  await shows('#interim li', ['Customernewer']);
  say('newer', 'm1');
  hear('late', 'm1', '2026-11-24T09:00:02Z');
  send('conversation-lifecycle-event', { type: 'HUMAN_INTERVENTION_NEEDED' });
  await shows('#lifecycle', ['needs an agent']);
  await shows('#interim li', []);
});

test('a repeated event is shown once, and messages stand in the order of their times', async () => {
  await openCall();
  say('second', 'm2', { message_id: 'a', publish_time: '2026-11-24T09:00:02.5Z' });
  say('first', 'm1', { message_id: 'b', publish_time: '2026-11-24T09:00:02.25Z' });
  say('second', 'm2', { message_id: 'a', publish_time: '2026-11-24T09:00:02.5Z' });
  say('third', 'm3', { message_id: 'c', publish_time: '2026-11-24T09:00:03Z' });
  await shows('#transcript li', ['Customerfirst', 'Customersecond', 'Customerthird']);
});

test('text is text, whatever it holds, and no address runs', async () => {
  await openCall();
  const text = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  say(text);
  hear(text, 'm2');
  const article = { title: text, uri: 'javascript:document.title=3', snippets: [text] };
  send('human-agent-assistant-event', {
    suggestionResults: [{ suggestArticlesResponse: { articleAnswers: [article] } }],
  });
  await shows('#suggestions p', [text, text]);
  await shows('#transcript li', [`Customer${text}`]);
  await shows('#interim li', [`Customer${text}`]);
  assert.is(await page.locator('#suggestions a, main img, main script').count(), 0);
  assert.is(await page.title(), 'Agent desktop');
});

test('a suggestion links to the web', async () => {
  await openCall();
  const article = { title: 'Refunds', uri: 'https://kb.example/refunds' };
  send('human-agent-assistant-event', {
    suggestionResults: [{ suggestArticlesResponse: { articleAnswers: [article] } }],
  });
  await shows('#suggestions a', ['Refunds']);
  const link = page.locator('#suggestions a');
  assert.is(await link.getAttribute('href'), 'https://kb.example/refunds');
  assert.is(await link.getAttribute('rel'), 'noopener noreferrer');
});

test('a finished call stays until the next one takes its place', async () => {
  await openCall();
  send('conversation-lifecycle-event', { type: 'CONVERSATION_STARTED' });
  await shows('#lifecycle', ['in progress']);
  say('bye');
  hear('never ended', 'm9');
  send('conversation-lifecycle-event', { type: 'CONVERSATION_FINISHED' });
  send('conversation-lifecycle-event', { type: 'CONVERSATION_FINISHED' });
  await shows('#lifecycle', ['finished']);
  await shows('#interim li', []);
  await shows('#transcript li', ['Customerbye']);
  server.conversation = NAME.replace('c1', 'c2');
  await until(() => server.joins.length === 2);
  assert.is(server.joins[1], server.conversation);
  say('of the old call', 'm2');
  send(
    'conversation-lifecycle-event',
    { type: 'CONVERSATION_STARTED' },
    { conversation_name: 'projects/p/conversations/c2' },
  );
  await shows('#lifecycle', ['in progress']);
  await shows('#transcript li', []);
});

test('after a lost connection the page joins again', async () => {
  await openCall();
  for (const socket of server.sockets) socket.conn.close();
  await until(() => server.joins.length === 2, 10_000);
  assert.equal(server.joins, [NAME, NAME]);
  await shows('#connection', ['connected']);
});

test('a refused connection is shown', async () => {
  server.isOpen = false;
  await page.goto(`${server.url}/?phone=%2B15550100`);
  await shows('#connection', ['not connected: authentication failed']);
});

test('without a phone number the page asks for one', async () => {
  await page.goto(server.url);
  await page.fill('input[name=phone]', '+15550100');
  await page.click('form button');
  await until(() => server.joins.length === 1);
  assert.match(page.url(), /\?phone=%2B15550100$/);
});

test.run();
