// Every fault of the drawer, with what it takes in time, and the drawer in each theme and width.
import axe from 'axe-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DemoPageFixture, STEP_LIMIT_MS } from '../helpers/demo-page.ts';
import { until } from '../helpers/until.ts';

const fixture = new DemoPageFixture(test);
/** The page's tokens, in the order in which it was given them. */
const tokens: string[] = [];

test.before(async () => {
  fixture.page.on('response', async (response) => {
    if (new URL(response.url()).pathname !== '/register' || !response.ok()) return;
    tokens.push(((await response.json()) as { token: string }).token);
  });
  await fixture.button('Simulator').click();
  await fixture.drawer.getByLabel('Speed').selectOption('4');
});

const FAULTS = {
  'Cut the connection': 'Connections pass again.',
  'Restart the relay': 'The relay runs again.',
  'Lose Redis': 'Redis runs again, with what it held.',
};
for (const [name, over] of Object.entries(FAULTS)) {
  test(`${name}: the page recovers, and nothing is lost or repeated`, async () => {
    await fixture.bringAbout(name, over);
    await fixture.assertComplete();
  });
}

test('a computer without a network for a while loses and repeats nothing', async () => {
  const { page } = fixture;
  await page.context().setOffline(true);
  await page.locator('.connection[data-state=offline]').waitFor();
  await page.waitForTimeout(3_000);
  await page.context().setOffline(false);
  await page.locator('.connection[data-state=live]').waitFor();
  await fixture.assertComplete();
});

test('a token that really ends is renewed by the page, which stays live', async () => {
  const { page } = fixture;
  const { origin } = new URL(page.url());
  const before = tokens.length;
  await fixture.button('Expire the token').click();
  await until(() => tokens.length > before, STEP_LIMIT_MS, 'the page has a token that ends soon');
  const short = tokens.at(-1) ?? '';
  const statusOf = async (token: string) =>
    (
      await fetch(`${origin}/conversation-name?conversationIntegrationKey=x`, {
        headers: { authorization: token },
      })
    ).status;
  assert.not((await statusOf(short)) === 401, 'it is a token of the relay');
  await until(async () => (await statusOf(short)) === 401, STEP_LIMIT_MS, 'the relay refuses the token');
  await fixture.drawer.getByText('The page has a new token.').waitFor({ timeout: 2 * STEP_LIMIT_MS });
  const renewed = tokens.at(-1) ?? '';
  assert.not.equal(renewed, short);
  assert.not((await statusOf(renewed)) === 401);
  await page.locator('.connection[data-state=live]').waitFor();
  await fixture.assertComplete();
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1_280, 800, 400]) {
    test(`axe finds nothing serious in the drawer, ${scheme}, ${width} pixels wide`, async () => {
      const { page } = fixture;
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
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
    });
  }
}

test('an event that the page really misses, and one it gets twice, count', async () => {
  const { page } = fixture;
  await page.evaluate(() => {
    const left = [0, 2];
    Object.assign(globalThis, {
      // A page that misses the end of a call would wait for it, and get nothing more to miss.
      tamper: (data: string) => (data.includes('"data_type":"new-message-event"') ? (left.shift() ?? 1) : 1),
    });
  });
  await until(async () => (await fixture.figures()).repeated === 1, STEP_LIMIT_MS, 'one event is repeated');
  await until(async () => (await fixture.figures()).lost === 1, STEP_LIMIT_MS, 'one event is lost');
  const { lost, repeated } = await fixture.figures();
  assert.equal({ lost, repeated }, { lost: 1, repeated: 1 });
  assert.is(await fixture.drawer.locator('[data-count=lost][data-bad=true]').count(), 1);
});

test.run();
