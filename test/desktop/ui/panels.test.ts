import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { arrangePanels, chosenIn, isShown, PANELS } from '../../../relay/desktop/ui/panels.ts';

const shown = (...args: Parameters<typeof arrangePanels>) =>
  PANELS.filter((name) => isShown(name, arrangePanels(...args), []));

test('a window shows as many panels as it has room for', () => {
  assert.equal(shown('wide', false), ['transcript', 'suggestions', 'companion']);
  assert.equal(shown('middle', false), ['transcript', 'suggestions']);
  assert.equal(shown('narrow', false), ['transcript']);
});

test('the panel that was chosen last takes the last place', () => {
  const arranged = arrangePanels('wide', false);
  assert.is(chosenIn(arranged, ['summary', 'search']), 'summary');
  // One with a place of its own is there anyway.
  assert.is(chosenIn(arranged, ['transcript', 'search']), 'search');
  assert.is(chosenIn(arrangePanels('narrow', false), ['transcript', 'search']), 'transcript');
});

test('who only reads has no panels that act, and no place for them', () => {
  assert.equal(shown('wide', true), ['transcript', 'suggestions']);
  assert.is(arrangePanels('wide', true).layout, 'middle');
  assert.equal(arrangePanels('middle', true).choices, []);
  assert.equal(arrangePanels('narrow', true).choices, ['transcript', 'suggestions']);
});

test.run();
