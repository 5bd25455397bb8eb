// The connection: offline and back, signed out, and a history that is gone.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { endCatchUp, holdCatchUp } from '../../../helpers/catch-up-hold.ts';
import { queryOf } from '../../../helpers/desktop-page.ts';
import { desk, FINAL } from './call-page.ts';

test('offline and online again, the page catches up and repeats nothing', async () => {
  await desk.openJoined();
  // The page knows the relay's clock to a few seconds.
  const at = (secondsAgo: number) => ({
    publishTime: new Date(Date.now() - secondsAgo * 1_000).toISOString(),
  });
  await desk.say('first', 'm1', at(60));
  await desk.shows(FINAL, ['first']);
  await holdCatchUp(desk.tab);
  await desk.tab.context().setOffline(true);
  await desk.says('#connection', /^Offline since/);
  await desk.says('.banner', /./);
  assert.is(await desk.tab.locator('.banner').count(), 1);
  await desk.say('second', 'm2', at(40));
  await desk.say('third', 'm3', at(20));
  await desk.tab.context().setOffline(false);
  await desk.shows(FINAL, ['first', 'second', 'third']);
  await endCatchUp(desk.tab);
  await desk.shows('#connection', ['Live']);
  await desk.says('.notice[data-notice=caught-up]', /^2 events from while you were offline/);
  assert.is(await desk.tab.locator('.notice[data-notice=caught-up]').count(), 1);
  await desk.shows('.banner', []);
});

test('an agent who is offline can try again at once', async () => {
  await desk.openJoined();
  await desk.tab.evaluate(() => window.dispatchEvent(new Event('offline')));
  await desk.says('#connection', /^Offline since/);
  await desk.tab.getByRole('button', { name: 'Try now' }).click();
  await desk.shows('#connection', ['Live']);
});

test('an agent who is not accepted is told so, and can sign in again', async () => {
  let isOpen = false;
  desk.tab = await desk.pages.take();
  await desk.tab.route('**/register', (route) =>
    isOpen ? route.continue() : route.fulfill({ status: 401, body: 'Could not authenticate user' }),
  );
  await desk.tab.goto(`${desk.relay.url}/${queryOf(desk.call)}`);
  await desk.shows('#connection', ['Signed out']);
  await desk.says('.banner p', /401.*has to set up the sign-in: docs\/desktop\.md/);
  isOpen = true;
  await desk.tab.getByRole('button', { name: 'Sign in again' }).click();
  await desk.shows('#connection', ['Live']);
});

test('a token that the relay refuses is shown as signed out', async () => {
  desk.tab = await desk.pages.take();
  await desk.tab.route('**/register', (route) => route.fulfill({ json: { token: 'bad' } }));
  await desk.tab.goto(`${desk.relay.url}/${queryOf(desk.call)}`);
  await desk.shows('#connection', ['Signed out']);
});

test('history that is gone is explained, with the time where it begins', async () => {
  await desk.openJoined();
  await desk.say('first', 'm1');
  await desk.shows(FINAL, ['first']);
  await desk.redis.flushall();
  await desk.say('second', 'm2', { publishTime: '2026-11-24T10:42:00Z' });
  await desk.shows(FINAL, ['second']);
  await desk.says('.notice[data-notice=history-missing]', /^The history before \d\d:42/);
  assert.is(await desk.tab.locator('.notice[data-notice=history-missing]').count(), 1);
});
