// The calls of the page: how they are opened, tabs, the calls of a phone number, and the language around them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../../helpers/until.ts';
import { CONVERSATION, desk, FINAL, INTERIM, LIFECYCLE, PHONE } from './call-page.ts';

test('the page joins the call of its phone number and shows that it is live', async () => {
  await desk.announce(PHONE, desk.call);
  await desk.open('?phone=%2B15550100');
  await desk.shows('#connection', ['Live']);
  await desk.shows(CONVERSATION, [desk.call.name]);
  await desk.say('Hello.');
  await desk.shows(FINAL, ['Hello.']);
  assert.equal(desk.faults, []);
});

test('a finished call stays open when the next one of its number takes its place', async () => {
  await desk.announce(PHONE, desk.call);
  await desk.open('?phone=%2B15550100');
  await desk.shows(LIFECYCLE, ['In progress']);
  await desk.say('bye');
  await desk.hear('never ended', 'm9');
  await desk.shows(INTERIM, ['never ended']);
  await desk.happen('CONVERSATION_FINISHED');
  await desk.happen('CONVERSATION_FINISHED');
  await desk.shows(LIFECYCLE, ['Finished']);
  await desk.shows(INTERIM, []);
  await desk.shows(FINAL, ['bye']);
  const old = desk.call;
  const next = await desk.startCall();
  await desk.announce(PHONE, next);
  await desk.shows(CONVERSATION, [next.name]);
  await desk.shows(LIFECYCLE, ['In progress']);
  await desk.say('of the old call', 'm2', {}, old);
  await desk.say('of the new call', 'm1', {}, next);
  await desk.shows(FINAL, ['of the new call']);
  await desk.tab.locator('.call-tab').first().click();
  await desk.shows(FINAL, ['bye', 'of the old call']);
});

test('without a call the page asks for one, and keeps it in its address', async () => {
  await desk.announce(PHONE, desk.call);
  await desk.open('');
  const field = desk.tab.getByLabel('Phone number or conversation name');
  const openButton = desk.tab.getByRole('button', { name: 'Open', exact: true });
  await field.fill('nothing of that form');
  await openButton.click();
  await desk.tab.getByText('Enter a phone number, or a name').waitFor();
  await field.fill('+1 555-0100');
  await openButton.click();
  await desk.shows(CONVERSATION, [desk.call.name]);
  await desk.tab.waitForURL(/\?phone=%2B15550100$/);
  assert.equal(desk.faults, []);
});

test('a conversation that the agent may not see is refused with the reason', async () => {
  await desk.open(`?${new URLSearchParams({ conversation: 'projects/other/conversations/c' })}`);
  await desk.tab.getByRole('alert').getByText('not the name of a conversation of this project').waitFor();
});

test('an address with a name that is no conversation says so, and what to do', async () => {
  await desk.open(`?conversation=foo&conversation=${desk.call.name}`);
  await desk.shows(CONVERSATION, [desk.call.name]);
  await desk.says('.banner p', /^“foo” in the address.*a name such as projects\/PROJECT\/conversations\/ID/);
  await desk.tab.locator('.banner').getByRole('button', { name: 'Close' }).click();
  await desk.tab.locator('.banner').waitFor({ state: 'detached' });
  assert.equal(desk.faults, []);
});

test('several calls are tabs, with what is new in those that are not shown', async () => {
  const other = await desk.startCall();
  await desk.open(`?conversation=${desk.call.name}&conversation=${other.name}`);
  await desk.shows(CONVERSATION, [other.name]);
  const firstTab = desk.tab.locator('.call-tab').first();
  await firstTab.getByText('In progress').waitFor({ state: 'attached' });
  // What comes at once counts as replayed, and is not new. It is over when the page says that it is live.
  await desk.shows('#connection', ['Live']);
  await desk.say('for the first call');
  await desk.tab.locator('.call-tab .count').getByText('1', { exact: true }).waitFor();
  await desk.tab.keyboard.press('[');
  await desk.shows(CONVERSATION, [desk.call.name]);
  await desk.shows(FINAL, ['for the first call']);
  await desk.shows('.call-tab .count', []);
  await desk.tab.getByRole('button', { name: 'Close this call' }).locator('visible=true').click();
  await desk.shows(CONVERSATION, [other.name]);
  await desk.tab.waitForURL((url) => url.searchParams.getAll('conversation').join() === other.name);
  assert.equal(desk.faults, []);
});

test('the page waits for a call of its number, and can stop', async () => {
  await desk.open('?phone=%2B15550199');
  await desk.tab.getByRole('heading', { name: 'Waiting for a call from +15550199' }).waitFor();
  await desk.tab.getByRole('button', { name: 'Stop waiting' }).click();
  await desk.tab.getByRole('heading', { name: 'No call is open' }).waitFor();
  await desk.tab.waitForURL((url) => url.search === '');
});

test('at the width of a phone the tab keeps its label while the page is offline', async () => {
  await desk.announce(PHONE, desk.call);
  await desk.open('?phone=%2B15550100');
  await desk.tab.setViewportSize({ width: 400, height: 800 });
  await desk.shows('.call-label', [PHONE]);
  await desk.tab.evaluate(() => window.dispatchEvent(new Event('offline')));
  await desk.says('#connection', /^Offline since/);
  const label = desk.tab.locator('.call-label');
  assert.not.ok(await label.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth));
  assert.is(await desk.tab.evaluate(() => document.documentElement.scrollWidth), 400);
});

test('at the width of a phone the tab of the call that is shown is in sight', async () => {
  const calls = await Promise.all(Array.from({ length: 6 }, () => desk.startCall()));
  await desk.open(`?${new URLSearchParams(calls.map(({ name }) => ['conversation', name]))}`);
  await desk.tab.setViewportSize({ width: 400, height: 800 });
  await desk.shows(CONVERSATION, [calls.at(-1)?.name ?? '']);
  const isInSight = () =>
    desk.tab.evaluate(() => {
      const tab = document.querySelector('.call-tab[aria-current]')?.getBoundingClientRect();
      const tabs = document.querySelector('.call-tabs')?.getBoundingClientRect();
      return (
        tab !== undefined && tabs !== undefined && tab.left >= tabs.left - 1 && tab.right <= tabs.right + 1
      );
    });
  await desk.tab.keyboard.press(']');
  await desk.shows(CONVERSATION, [calls[0]?.name ?? '']);
  await until(isInSight, 30_000);
  await desk.tab.keyboard.press('[');
  await desk.shows(CONVERSATION, [calls.at(-1)?.name ?? '']);
  await until(isInSight, 30_000);
  assert.is(await desk.tab.evaluate(() => document.documentElement.scrollWidth), 400);
});

test('the interface is French in a French browser', async () => {
  ({ page: desk.tab, faults: desk.faults } = await desk.openCallPage(desk.call, { locale: 'fr-FR' }));
  await desk.shows('#connection', ['En direct']);
  await desk.shows(LIFECYCLE, ['En cours']);
  assert.is(await desk.tab.locator('html').getAttribute('lang'), 'fr');
  assert.equal(desk.faults, []);
});
