// The drawer in the page of `npm run demo`: it plays other calls and makes faults, and counts what that does to the page.
import axe from 'axe-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DemoPageFixture } from '../helpers/demo-page.ts';

const fixture = new DemoPageFixture(test);

test('the policy of the page has the control server as its one exception', async () => {
  const { page, origins } = fixture;
  const response = await fetch(page.url());
  const policy = response.headers.get('content-security-policy') ?? '';
  const exceptions = new Set(policy.match(/http:\S+?(?=;| |$)/g));
  const own = new URL(page.url()).origin;
  assert.equal([...origins].sort(), [own, ...exceptions].sort());
  assert.is(exceptions.size, 1);
  assert.match([...exceptions][0] ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
});

test('the drawer opens and closes by keyboard, and axe finds nothing serious', async () => {
  const { page, drawer } = fixture;
  const toggle = fixture.button('Simulator');
  await toggle.focus();
  await page.keyboard.press('Enter');
  await fixture.button('Play now').waitFor();
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  );
  assert.equal(
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target)}`),
    [],
  );
  await drawer.getByLabel('Speed').focus();
  await page.keyboard.press('Escape');
  await fixture.button('Play now').waitFor({ state: 'hidden' });
  assert.is(await toggle.evaluate((button) => button === document.activeElement), true);
  await page.keyboard.press('Enter');
});

test('the call stands still when it is paused, and a chosen one begins', async () => {
  const { page, drawer } = fixture;
  await drawer.getByLabel('Speed').selectOption('8');
  const { published } = await fixture.pause();
  for (let looks = 0; looks < 2; looks++) await page.waitForResponse(/\/state$/);
  assert.is((await fixture.figures()).published, published);
  await drawer.getByLabel('Scenario').selectOption('travel');
  await fixture.button('Play now').click();
  await drawer.locator('.simulator-playing', { hasText: 'connecting flight' }).waitFor();
  await page.locator('.call-tab').nth(1).waitFor();
  await page.locator('.call:not([hidden]) .line[data-final=true]').first().waitFor();
});

test('duplicates, late events and a cut connection lose and repeat nothing', async () => {
  await fixture.toggle('Deliver some events twice');
  await fixture.toggle('Deliver some events late');
  await fixture.bringAbout('Cut the connection', 'Connections pass again.');
  await fixture.assertComplete();
});

test('the page reports no error, and the demo prints nothing that is secret', () => {
  // While the connection is cut, Chromium reports each attempt to open it.
  assert.equal(
    fixture.faults.filter((fault) => !/^WebSocket connection to 'ws:.*' failed/.test(fault)),
    [],
  );
  assert.not.match(fixture.demo.output(), /eyJ|key|token/i);
});

test.run();
