// `npm run demo` as a user runs it: the page in a browser, and what is left when it ends.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../../scripts/local/chromium.ts';
import { EVENT_KINDS } from '../../shared/event.ts';
import { childrenOf, DEMO_START_LIMIT_MS, type Demo, desktopAddress, startDemo } from '../helpers/demo.ts';
import { Fixture } from '../helpers/fixture.ts';
import { isAlive } from '../helpers/process.ts';
import { until } from '../helpers/until.ts';

const fixture = new Fixture(test);
let demo: Demo;

test.before.each(() => {
  demo = startDemo('--pubsub=direct');
  fixture.defer(() => {
    demo.child.kill('SIGKILL');
    return demo.ended;
  });
});

test('the page and the wall show the call, and SIGTERM stops all that was started', async () => {
  const address = await desktopAddress(demo);
  const browser = fixture.keep(await launchChromium());
  const page = await browser.newPage();
  assert.is((await page.goto(address))?.status(), 200);
  // One call follows the other: on a slow machine the page may be between two of them at first.
  for (const shown of ['.line[data-final=true]', '.line[data-final=false]', '.card']) {
    await page.locator(`.call:not([hidden]) ${shown}`).first().waitFor({ timeout: DEMO_START_LIMIT_MS });
  }
  for (const [place, text] of [
    ['#connection', /^Live$/],
    ['.call:not([hidden]) .lifecycle', /^In progress$/],
  ] as const) {
    await page.locator(place, { hasText: text }).waitFor({ timeout: DEMO_START_LIMIT_MS });
  }
  await page.goto(new URL('/supervisor', address).href);
  await page.locator('.tile').first().waitFor({ timeout: DEMO_START_LIMIT_MS });
  const children = childrenOf(demo);
  demo.child.kill('SIGTERM');
  assert.is(await demo.ended, 0, demo.output());
  assert.equal(children.filter(isAlive), []);
});

const onLinux = process.platform === 'linux' ? test : test.skip;
if (process.platform !== 'linux') console.log('\nskipped: only Linux ends the children of a killed process');

onLinux('a demo that is killed leaves no process behind', async () => {
  await desktopAddress(demo);
  const children = childrenOf(demo);
  assert.ok(children.length > EVENT_KINDS.length, 'at least the functions and the relay run');
  demo.child.kill('SIGKILL');
  await until(() => !children.some(isAlive));
});

test.run();
