// The companion panel in Chromium, through a real relay to the Dialogflow simulator's streams.
import type { Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PanelsFixture } from '../../helpers/desktop-panels/panels-fixture.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';

const ANSWER = 'Deliveries take three days. \u{1F4E6} Returns are free for 30 days.';

const fixture = new PanelsFixture(test);
let relay: TestRelay;
let page: Page;
let companion: Locator;

test.before(async () => {
  relay = await fixture.pageRelay();
});

test.before.each(async () => {
  const { name } = await fixture.conversation();
  page = await fixture.openPanels(name, { relay });
  companion = page.getByRole('region', { name: 'Companion', exact: true });
});

async function ask(question: string): Promise<void> {
  const box = companion.getByRole('textbox', { name: 'Question to the companion' });
  await box.fill(question);
  await box.press('Enter');
}

const button = (name: string) => companion.getByRole('button', { name, exact: true });
const turn = (index: number) => companion.locator('.turn').nth(index);
const becomes = (index: number, state: string) =>
  companion.locator(`.turn:nth-of-type(${index + 1})[data-state="${state}"]`).waitFor();

const isFocused = (locator: Locator) => () =>
  locator.evaluate((element) => element === document.activeElement);

test('an answer grows word by word, and ends with its citations', async () => {
  // Within the page and at each change, however slowly the page is drawn.
  const lengths = page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const seen = new Set<number>();
        const observer = new MutationObserver(() => {
          const text = document.querySelector('.turn-text')?.textContent ?? '';
          if (text !== '') seen.add(text.length);
          if (document.querySelector('.citation') === null) return;
          observer.disconnect();
          resolve([...seen]);
        });
        observer.observe(document.body, { characterData: true, childList: true, subtree: true });
      }),
  );
  await ask('Are returns free?');
  assert.ok((await lengths).length > 4, 'the text grew in several steps');
  assert.is(await turn(0).locator('.turn-text').textContent(), `${ANSWER}1`);
  const citation = companion.getByRole('button', { name: 'Source 1: Shipping and returns' });
  await citation.click();
  const source = companion.getByRole('list', { name: 'Sources' }).getByRole('listitem');
  await until(isFocused(source));
  await companion.getByRole('link', { name: 'Shipping and returns' }).click();
  await button('Insert').click();
  await button('Not helpful').click();
  const { opened, told } = await page.evaluate(() => globalThis.panels);
  assert.equal(opened, ['https://example.com/shipping']);
  assert.equal(
    told.map(([what]) => what),
    ['used', 'used', 'rate'],
  );
  assert.match(JSON.stringify(told[2]), /answerRecords\/[^"]+".*"bad"/);
});

test('an answer is announced once, when it is whole', async () => {
  await ask('Are returns free?');
  await becomes(0, 'done');
  await until(async () => (await companion.getByRole('status').textContent()) === ANSWER);
});

test('an answer is stopped, and another question is answered on the same stream', async () => {
  fixture.pace.holdNext();
  await ask('Are returns free?');
  await becomes(0, 'answering');
  await button('Stop').click();
  await becomes(0, 'cancelled');
  await ask('How long does it take?');
  await becomes(1, 'done');
  // The stream of the test before may end only now.
  await until(() => fixture.dialogflow.streams.size === 1);
  assert.not.equal(await turn(0).locator('.turn-text').textContent(), ANSWER);
});

test('a tool runs with the parameters that the agent edits', async () => {
  await ask('Can I have a refund?');
  await becomes(0, 'done');
  assert.match((await turn(0).locator('dl').textContent()) ?? '', /order_id\s*A-1001/);
  await button('Edit').click();
  const json = companion.getByRole('textbox', { name: 'Parameters as JSON' });
  await until(isFocused(json));
  await json.fill('{');
  await button('Run').click();
  await companion.getByText(/This is not JSON/).waitFor();
  await json.press('Escape');
  await until(isFocused(button('Edit')));
  await button('Edit').click();
  await json.fill('{"order_id": "A-7"}');
  await button('Run').click();
  await becomes(1, 'done');
  assert.match((await turn(1).locator('dl').textContent()) ?? '', /^order_id\s*A-7$/);
  await turn(1).getByText('The tool ran.').waitFor();
  await turn(0).getByText('You confirmed this.').waitFor();
  assert.is(await button('Confirm').count(), 0);
});

test('a tool that the agent declines does not run', async () => {
  await ask('Can I have a refund?');
  await becomes(0, 'done');
  await button('Do not run').click();
  await becomes(1, 'done');
  await turn(1).getByText('The refund was not made.').first().waitFor();
  await turn(0).getByText('You declined this.').waitFor();
});

test('a stream that ends says why in words, and the question is asked again', async () => {
  await ask('What about the quota?');
  await becomes(0, 'failed');
  await turn(0).getByText('The quota is used up (resource exhausted).').waitFor();
  await button('Ask again').click();
  await becomes(1, 'failed');
  assert.is(await button('Ask again').count(), 1);
});

test('a connection that is lost within an answer is told as unavailable', async () => {
  fixture.pace.holdNext();
  await ask('Are returns free?');
  await becomes(0, 'answering');
  await page.evaluate(() => globalThis.panels.disconnect());
  await becomes(0, 'failed');
  await turn(0).getByText('The connection to the companion ended (unavailable).').waitFor();
});

test('a question that is a script is shown as text', async () => {
  await ask('<img src=x onerror=alert(1)>');
  await turn(0).getByText('<img src=x onerror=alert(1)>').waitFor();
  assert.is(await companion.locator('img').count(), 0);
});

test('a new question ends no stream of the page before the page itself ends', async () => {
  await ask('Are returns free?');
  await becomes(0, 'done');
  await page.close();
  await until(() => fixture.dialogflow.streams.size === 0, 30_000);
});

test.run();
