// The page as an agent sees it, in front of a real relay. All of its tests use one browser.
import { test } from 'uvu';
import './page/transcript.ts';
import './page/connection.ts';
import './page/calls.ts';

test('the key of a panel takes the cursor to its field, and `n` to that of a new call', async () => {
  await openJoined();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  for (const [key, label] of [
    ['3', 'Question to the companion'],
    ['4', 'Search the knowledge base'],
  ]) {
    await page.keyboard.press(key as string);
    await until(async () => (await focused()) === label);
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('n');
  await page.keyboard.type('+1');
  await until(async () => (await page.getByLabel('Phone number or conversation name').inputValue()) === '+1');
  assert.equal(faults, []);
});

test.run();
