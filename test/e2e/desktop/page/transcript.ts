// The transcript: how words settle, in which order lines stand, what is read out, and how the list follows its end.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { endCatchUp } from '../../../helpers/catch-up-hold.ts';
import { queryOf } from '../../../helpers/desktop-page.ts';
import { until } from '../../../helpers/until.ts';
import { desk, FINAL, INTERIM, LIFECYCLE } from './call-page.ts';

const MINUTE_MS = 60_000;

test('interim words grow, and become the message in the same line', async () => {
  await desk.openJoined();
  await desk.hear('I was');
  await desk.shows(INTERIM, ['I was']);
  const line = await desk.tab.locator('.line').elementHandle();
  await desk.hear('I was charged');
  await desk.shows(INTERIM, ['I was charged']);
  await desk.say('I was charged twice.');
  await desk.shows(FINAL, ['I was charged twice.']);
  await desk.shows(INTERIM, []);
  assert.ok(await line?.evaluate((element) => element.isConnected), 'the line was replaced');
});

test('a line does not move while its words become the message', async () => {
  await desk.openJoined();
  await desk.say('Before.', 'm0');
  await desk.hear('I was charged');
  await desk.shows(INTERIM, ['I was charged']);
  const before = await desk.tab.locator('.line').last().boundingBox();
  await desk.say('I was charged.');
  await desk.shows(FINAL, ['Before.', 'I was charged.']);
  assert.equal(await desk.tab.locator('.line').last().boundingBox(), before);
});

test('interim words that come late change nothing', async () => {
  await desk.openJoined();
  await desk.hear('newer', 'm1', '2026-11-24T09:00:01Z');
  await desk.shows(INTERIM, ['newer']);
  await desk.hear('older', 'm1', '2026-11-24T09:00:00Z');
  await desk.say('other', 'm0');
  await desk.shows(FINAL, ['other']);
  await desk.shows(INTERIM, ['newer']);
  await desk.say('newer', 'm1');
  await desk.hear('late', 'm1', '2026-11-24T09:00:02Z');
  await desk.happen('HUMAN_INTERVENTION_NEEDED');
  await desk.shows(LIFECYCLE, ['Needs an agent']);
  await desk.shows(INTERIM, []);
});

test('a repeated event is shown once, and messages stand in the order of their times', async () => {
  await desk.openJoined();
  const at = (second: string, messageId: string) => ({
    publishTime: `2026-11-24T09:00:0${second}Z`,
    messageId,
  });
  const { name } = desk.call;
  await desk.say('second', 'm2', at('2.5', `${name}-a`));
  await desk.say('first', 'm1', at('2.25', `${name}-b`));
  await desk.say('second', 'm2', at('2.5', `${name}-a`));
  await desk.say('third', 'm3', at('3', `${name}-c`));
  await desk.shows(FINAL, ['first', 'second', 'third']);
});

test('text is text, whatever it holds', async () => {
  await desk.openJoined();
  const text = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await desk.say(text);
  await desk.hear(text, 'm2');
  await desk.shows(FINAL, [text]);
  await desk.shows(INTERIM, [text]);
  assert.is(await desk.tab.locator('main img, main script').count(), 0);
  assert.is(await desk.tab.title(), 'Agent desktop');
  assert.equal(desk.faults, []);
});

test('final messages are announced, replayed ones are not', async () => {
  await desk.say('from before', 'm0', { publishTime: new Date(Date.now() - MINUTE_MS).toISOString() });
  await desk.open(queryOf(desk.call), desk.holdFirstCatchUp);
  await desk.shows(FINAL, ['from before']);
  await endCatchUp(desk.tab);
  await desk.tab.locator('.notice[data-notice=joined]').waitFor();
  await desk.hear('from', 'm1');
  await desk.say('from now', 'm1');
  await desk.shows('#announcer p', ['Customer: from now']);
});

test('the transcript follows its end, and stops when the agent scrolls away', async () => {
  await desk.openJoined();
  for (let index = 0; index < 30; index++) await desk.say(`message ${index}`, `m${index}`);
  await desk.shows(
    FINAL,
    Array.from({ length: 30 }, (_, index) => `message ${index}`),
  );
  const lines = desk.tab.locator('.lines');
  const isAtEnd = () => lines.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight < 4);
  await until(isAtEnd);
  await lines.evaluate((list) => list.scrollTo(0, 0));
  await desk.tab.locator('.to-end').waitFor();
  for (const id of ['a', 'b', 'c']) await desk.say(id, id);
  await desk.shows('.to-end', ['3 new']);
  await desk.tab.locator('.to-end').click();
  await until(isAtEnd);
  await desk.shows('.to-end', []);
});
