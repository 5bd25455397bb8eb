// What an agent does with answers in the panel, and what is folded.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as events from '../events.ts';
import { CLICKED, view } from './panel-view.ts';

test('a reply goes into the answer box, its arrow sends it, and both are one click', async () => {
  await view.open();
  await view.show(events.REPLIES);
  await view.button('Let me check that for you.').first().click();
  await view.button('Send now: Let me check that for you.').click();
  assert.equal(await view.calls(), [
    ['insert', 'Let me check that for you.'],
    ['send', 'Let me check that for you.'],
  ]);
  assert.equal(await view.patches(), [['reply-1', CLICKED]]);
});

test('copy says that it has copied, or that the browser denied it', async () => {
  await view.open();
  await view.show(events.HINT);
  await view.button('Copy').click();
  await view.button('Copied').waitFor();
  await view.button('Copy').waitFor();
  await view.page.evaluate(() => window.harness.fail('fault'));
  await view.button('Copy').click();
  await view.button('Not copied').waitFor();
  assert.equal(await view.patches(), [['hint-1', CLICKED]]);
});

test('thumbs down asks what is wrong, and thumbs up takes both back', async () => {
  await view.open();
  await view.show(events.FAQ);
  await view.button('Not helpful').click();
  await view.button('Hard to use').click();
  assert.is(await view.button('Not helpful').getAttribute('aria-pressed'), 'true');
  await view.button('Helpful').first().click();
  assert.is(await view.button('Not helpful').getAttribute('aria-pressed'), 'false');
  assert.is(await view.button('Hard to use').count(), 0);
  const efficiency = 'agentAssistantDetailFeedback.documentEfficiency';
  assert.equal(await view.patches(), [
    ['faq-1', 'correctnessLevel'],
    ['faq-1', efficiency],
    ['faq-1', `correctnessLevel,${efficiency}`],
  ]);
});

test('a source opens, a further query is searched, and both are told', async () => {
  await view.open();
  await view.show(events.KNOWLEDGE);
  await view.page.getByRole('link', { name: 'Price changes' }).click();
  await view.button('Is there a loyalty discount?').click();
  assert.equal(await view.calls(), [
    ['open', 'https://help.example.com/prices'],
    ['search', 'Is there a loyalty discount?'],
  ]);
  assert.equal(await view.patches(), [
    ['knowledge-1', `${CLICKED},agentAssistantDetailFeedback.knowledgeAssistFeedback.clickedUris`],
    ['query-1', CLICKED],
  ]);
});

test('a knowledge assist without an answer says why when it is asked', async () => {
  await view.open();
  await view.show(events.NO_KNOWLEDGE);
  await view.page.getByText('Why is there no answer?').click();
  await view.says(
    'empty',
    /Nothing in the conversation asks for knowledge\. *QUERY_GENERATION_NO_QUERY_GENERATED/,
  );
});

test('coaching folds what was suggested before', async () => {
  await view.open();
  await view.show(events.COACHING);
  const coaching = view.card('coaching');
  assert.not.ok(await coaching.getByText('Offer the loyalty discount').isVisible());
  await coaching.getByText('Already suggested (2)').click();
  await coaching.getByText('Offer the loyalty discount').waitFor();
  await view.says('coaching', /Offer the loyalty discount[\s\S]*You may get 10 % off/);
});

test('a guidance marks the passages that its sources support', async () => {
  await view.open();
  await view.show(events.GUIDANCE);
  const cited = view.page.locator('.card[data-kind=guidance] .is-cited');
  assert.is(await cited.textContent(), 'returns are free for 30 days12');
  await cited.getByRole('link', { name: 'Source 2: Consumer law' }).click();
  assert.equal(await view.calls(), [['open', 'https://example.com/law']]);
  assert.equal(view.faults, []);
});
