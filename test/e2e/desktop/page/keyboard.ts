import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../../helpers/until.ts';
import { desk } from './call-page.ts';

test('the key of a panel takes the cursor to its field, and `n` to that of a new call', async () => {
  await desk.openJoined();
  const focused = () => desk.tab.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  for (const [key, label] of [
    ['3', 'Question to the companion'],
    ['4', 'Search the knowledge base'],
  ]) {
    await desk.tab.keyboard.press(key as string);
    await until(async () => (await focused()) === label);
    await desk.tab.keyboard.press('Escape');
  }
  await desk.tab.keyboard.press('n');
  const field = desk.tab.getByLabel('Phone number or conversation name');
  await until(() => field.evaluate((element) => element === document.activeElement));
  await desk.tab.keyboard.type('+1');
  await until(async () => (await field.inputValue()) === '+1');
  assert.equal(desk.faults, []);
});
