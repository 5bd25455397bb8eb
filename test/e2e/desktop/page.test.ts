// The page as an agent sees it, in front of a real relay.
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DesktopPageFixture, type TestCall } from '../../helpers/desktop-page.ts';
import type { EventOptions } from '../../helpers/events.ts';
import { until } from '../../helpers/until.ts';

const fixture = new DesktopPageFixture(test);
const PHONE = '+15550100';

let call: TestCall;
let page: Page;
let faults: string[];

test.before.each(async () => {
  call = await fixture.startCall();
});

async function open(query = `?${new URLSearchParams({ conversation: call.name })}`): Promise<void> {
  ({ page, faults } = await fixture.openDesktopPage(query));
}

async function openJoined(): Promise<void> {
  await open();
  await shows('#connection', ['Live']);
  await shows(LIFECYCLE, ['In progress']);
}

const say = (content: string, id = 'm1', options: EventOptions = {}) =>
  fixture.publish(call.shortName, {
    data: {
      type: 'NEW_MESSAGE',
      newMessagePayload: { name: `${call.name}/messages/${id}`, content, participantRole: 'END_USER' },
    },
    ...options,
  });
const hear = (transcript: string, message = 'm1', publishTime?: string) =>
  fixture.publishInterim(
    call.shortName,
    { message },
    { transcript, ...(publishTime === undefined ? {} : { publishTime }) },
  );
const happen = (type: string) =>
  fixture.publish(call.shortName, { kind: 'conversation-lifecycle-event', data: { type } });

const SHOWN = '.call:not([hidden])';
const LIFECYCLE = `${SHOWN} .lifecycle`;
const CONVERSATION = `${SHOWN} .conversation`;
const FINAL = `${SHOWN} .line[data-final=true] .line-text`;
const INTERIM = `${SHOWN} .line[data-final=false] .line-text`;
const textsOf = (selector: string) =>
  page.locator(selector).evaluateAll((elements) =>
    elements.map((element) =>
      [...element.childNodes]
        .filter((node) => !(node as Element).classList?.contains('visually-hidden'))
        .map((node) => node.textContent)
        .join(''),
    ),
  );
const shows = (selector: string, expected: string[], limitMs?: number) =>
  until(async () => JSON.stringify(await textsOf(selector)) === JSON.stringify(expected), limitMs).catch(
    async () => assert.equal(await textsOf(selector), expected),
  );

test('the page joins the call of its phone number and shows that it is live', async () => {
  await fixture.announce(PHONE, call);
  await open('?phone=%2B15550100');
  await shows('#connection', ['Live']);
  await shows(CONVERSATION, [call.name]);
  await say('Hello.');
  await shows(FINAL, ['Hello.']);
  assert.equal(faults, []);
});

test('interim words grow, and become the message in the same line', async () => {
  await openJoined();
  await hear('I was');
  await shows(INTERIM, ['I was']);
  const line = await page.locator('.line').elementHandle();
  await hear('I was charged');
  await shows(INTERIM, ['I was charged']);
  await say('I was charged twice.');
  await shows(FINAL, ['I was charged twice.']);
  await shows(INTERIM, []);
  assert.ok(await line?.evaluate((element) => element.isConnected), 'the line was replaced');
});

test('a line does not move while its words become the message', async () => {
  await openJoined();
  await say('Before.', 'm0');
  await hear('I was charged');
  await shows(INTERIM, ['I was charged']);
  const before = await page.locator('.line').last().boundingBox();
  await say('I was charged.');
  await shows(FINAL, ['Before.', 'I was charged.']);
  assert.equal(await page.locator('.line').last().boundingBox(), before);
});

test('interim words that come late change nothing', async () => {
  await openJoined();
  await hear('newer', 'm1', '2026-11-24T09:00:01Z');
  await shows(INTERIM, ['newer']);
  await hear('older', 'm1', '2026-11-24T09:00:00Z');
  await say('other', 'm0');
  await shows(FINAL, ['other']);
  await shows(INTERIM, ['newer']);
  await say('newer', 'm1');
  await hear('late', 'm1', '2026-11-24T09:00:02Z');
  await happen('HUMAN_INTERVENTION_NEEDED');
  await shows(LIFECYCLE, ['Needs an agent']);
  await shows(INTERIM, []);
});

test('a repeated event is shown once, and messages stand in the order of their times', async () => {
  await openJoined();
  const at = (second: string, messageId: string) => ({
    publishTime: `2026-11-24T09:00:0${second}Z`,
    messageId,
  });
  await say('second', 'm2', at('2.5', `${call.name}-a`));
  await say('first', 'm1', at('2.25', `${call.name}-b`));
  await say('second', 'm2', at('2.5', `${call.name}-a`));
  await say('third', 'm3', at('3', `${call.name}-c`));
  await shows(FINAL, ['first', 'second', 'third']);
});

test('text is text, whatever it holds', async () => {
  await openJoined();
  const text = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await say(text);
  await hear(text, 'm2');
  await shows(FINAL, [text]);
  await shows(INTERIM, [text]);
  assert.is(await page.locator('main img, main script').count(), 0);
  assert.is(await page.title(), 'Agent desktop');
  assert.equal(faults, []);
});

test('a finished call stays open when the next one of its number takes its place', async () => {
  await fixture.announce(PHONE, call);
  await open('?phone=%2B15550100');
  await shows(LIFECYCLE, ['In progress']);
  await say('bye');
  await hear('never ended', 'm9');
  await shows(INTERIM, ['never ended']);
  await happen('CONVERSATION_FINISHED');
  await happen('CONVERSATION_FINISHED');
  await shows(LIFECYCLE, ['Finished']);
  await shows(INTERIM, []);
  await shows(FINAL, ['bye']);
  const old = call;
  call = await fixture.startCall();
  await fixture.announce(PHONE, call);
  await shows(CONVERSATION, [call.name]);
  await shows(LIFECYCLE, ['In progress']);
  const next = call;
  call = old;
  await say('of the old call', 'm2');
  call = next;
  await say('of the new call');
  await shows(FINAL, ['of the new call']);
  await page.locator('.call-tab').first().click();
  await shows(FINAL, ['bye', 'of the old call']);
});

test('offline and online again, the page catches up and repeats nothing', async () => {
  await openJoined();
  await say('first', 'm1');
  await shows(FINAL, ['first']);
  await page.context().setOffline(true);
  await until(async () => /^Offline since/.test((await textsOf('#connection'))[0] ?? ''));
  assert.is(await page.locator('.banner').count(), 1);
  await say('second', 'm2');
  await say('third', 'm3');
  await page.context().setOffline(false);
  await shows(FINAL, ['first', 'second', 'third'], 10_000);
  await shows('#connection', ['Live']);
  const notices = await textsOf('.notice[data-notice=caught-up]');
  assert.is(notices.length, 1);
  assert.match(notices[0] ?? '', /^2 events from while you were offline/);
  assert.is(await page.locator('.banner').count(), 0);
});

test('an agent who is offline can try again at once', async () => {
  await openJoined();
  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await until(async () => /^Offline since/.test((await textsOf('#connection'))[0] ?? ''));
  await page.getByRole('button', { name: 'Try now' }).click();
  await shows('#connection', ['Live']);
});

test('an agent who is not accepted is told so, and can sign in again', async () => {
  let isOpen = false;
  const context = fixture.keep(await fixture.browser.newContext({ locale: 'en-US' }));
  page = await context.newPage();
  await page.route('**/register', (route) =>
    isOpen ? route.continue() : route.fulfill({ status: 401, body: 'Could not authenticate user' }),
  );
  await page.goto(`${fixture.relay.url}/?${new URLSearchParams({ conversation: call.name })}`);
  await shows('#connection', ['Signed out']);
  isOpen = true;
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await shows('#connection', ['Live']);
});

test('a token that the relay refuses is shown as signed out', async () => {
  const context = fixture.keep(await fixture.browser.newContext({ locale: 'en-US' }));
  page = await context.newPage();
  await page.route('**/register', (route) => route.fulfill({ json: { token: 'bad' } }));
  await page.goto(`${fixture.relay.url}/?${new URLSearchParams({ conversation: call.name })}`);
  await shows('#connection', ['Signed out']);
});

test('without a call the page asks for one, and keeps it in its address', async () => {
  await fixture.announce(PHONE, call);
  await open('');
  await page.getByLabel('Phone number or conversation name').fill('nothing of that form');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByText('Enter a phone number, or a name').waitFor();
  await page.getByLabel('Phone number or conversation name').fill('+1 555-0100');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await shows(CONVERSATION, [call.name]);
  assert.match(page.url(), /\?phone=%2B15550100$/);
  assert.equal(faults, []);
});

test('history that is gone is explained, with the time where it begins', async () => {
  await openJoined();
  await say('first', 'm1');
  await shows(FINAL, ['first']);
  await fixture.redis.flushall();
  await say('second', 'm2', { publishTime: '2026-11-24T10:42:00Z' });
  await shows(FINAL, ['second'], 10_000);
  const notices = await textsOf('.notice[data-notice=history-missing]');
  assert.is(notices.length, 1);
  assert.match(notices[0] ?? '', /^The history before \d\d:42/);
});

test('a conversation that the agent may not see is refused with the reason', async () => {
  await open(`?${new URLSearchParams({ conversation: 'projects/other/conversations/c' })}`);
  await page.getByRole('alert').getByText('not the name of a conversation of this project').waitFor();
});

test('final messages are announced, replayed ones are not', async () => {
  await say('from before', 'm0');
  await openJoined();
  await shows(FINAL, ['from before']);
  await page.locator('.notice[data-notice=joined]').waitFor();
  await hear('from', 'm1');
  await say('from now', 'm1');
  await shows('#announcer p', ['Customer: from now']);
});

test('the transcript follows its end, and stops when the agent scrolls away', async () => {
  await openJoined();
  for (let index = 0; index < 30; index++) await say(`message ${index}`, `m${index}`);
  await until(async () => (await textsOf(FINAL)).length === 30);
  const isAtEnd = () =>
    page.locator('.lines').evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight < 4);
  await until(isAtEnd);
  await page.locator('.lines').evaluate((list) => list.scrollTo(0, 0));
  await page.locator('.to-end').waitFor();
  for (const id of ['a', 'b', 'c']) await say(id, id);
  await until(async () => (await page.locator('.to-end').textContent()) === '3 new');
  await page.locator('.to-end').click();
  await until(isAtEnd);
  assert.is(await page.locator('.to-end').count(), 0);
});

test('several calls are tabs, with what is new in those that are not shown', async () => {
  const other = await fixture.startCall();
  await open(`?conversation=${call.name}&conversation=${other.name}`);
  await shows(CONVERSATION, [other.name]);
  await page.locator('.call-tab').first().getByText('In progress').waitFor({ state: 'attached' });
  // What comes at once counts as replayed, and is not new.
  await page.waitForTimeout(600);
  await say('for the first call');
  await page.locator('.call-tab .count').getByText('1', { exact: true }).waitFor();
  await page.keyboard.press('[');
  await shows(CONVERSATION, [call.name]);
  await shows(FINAL, ['for the first call']);
  assert.is(await page.locator('.call-tab .count').count(), 0);
  await page.getByRole('button', { name: 'Close this call' }).locator('visible=true').click();
  await shows(CONVERSATION, [other.name]);
  assert.is(new URL(page.url()).searchParams.getAll('conversation').join(), other.name);
  assert.equal(faults, []);
});

test('the page waits for a call of its number, and can stop', async () => {
  await open('?phone=%2B15550199');
  await page.getByRole('heading', { name: 'Waiting for a call from +15550199' }).waitFor();
  await page.getByRole('button', { name: 'Stop waiting' }).click();
  await page.getByRole('heading', { name: 'No call is open' }).waitFor();
  assert.is(new URL(page.url()).search, '');
});

test('the interface is French in a French browser', async () => {
  ({ page, faults } = await fixture.openCallPage(call, { locale: 'fr-FR' }));
  await shows('#connection', ['En direct']);
  await shows(LIFECYCLE, ['En cours']);
  assert.is(await page.locator('html').getAttribute('lang'), 'fr');
  assert.equal(faults, []);
});

test.run();
