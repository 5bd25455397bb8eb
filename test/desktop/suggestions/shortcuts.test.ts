import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { arrange } from '../../../relay/desktop/suggestions/arrange.ts';
import { suggestionShortcuts } from '../../../relay/desktop/suggestions/shortcuts.ts';
import * as events from './events.ts';
import { cardsWith, UTTERANCE } from './events.ts';
import { Recorder } from './recorder.ts';

/** The keys of a panel with these cards, and the cards that they have moved the focus to. */
function keyboard(cards = cardsWith(events.REPLIES, events.KNOWLEDGE, events.FAQ), isReadOnly = false) {
  const page = new Recorder();
  const focused: string[] = [];
  const shortcuts = suggestionShortcuts({
    cards: () => arrange(cards),
    state: page.state,
    commands: page.commands(isReadOnly),
    focus: (id) => focused.push(id),
  });
  const press = (...keys: string[]) => {
    for (const key of keys) {
      const shortcut = shortcuts.find((each) => each.keys === key);
      assert.ok(shortcut, `there is no ${key}`);
      shortcut.run();
    }
  };
  return { page, focused, press, shortcuts };
}

test('j and k move from card to card, and stay at the ends', () => {
  const { focused, press } = keyboard();
  press('j', 'j', 'j', 'j', 'k');
  assert.equal(focused, ['event-1-0', 'event-1-1', 'event-1-2', 'event-1-2', 'event-1-1']);
});

test('h and l choose the answer that i inserts', () => {
  const { page, press } = keyboard();
  press('j', 'l', 'l', 'i', 'h', 'i');
  assert.equal(page.calls, [
    ['insert', 'Could you tell me your policy number?'],
    ['insert', 'Let me check that for you.'],
  ]);
});

test('c copies, o opens the first source, + rates and g jumps', async () => {
  const { page, press } = keyboard();
  press('j', 'j', 'c', 'o', '+', 'g');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(page.calls, [
    ['copy', 'Repairs cost more since January.'],
    ['open', 'https://help.example.com/prices'],
    ['jumpTo', UTTERANCE],
  ]);
  assert.is(
    page.feedback.opinionOf({ answerRecord: events.record('knowledge-1'), text: '' }).value.rating,
    'good',
  );
});

test('replies have no rating, and keys without a current card do nothing', () => {
  const { page, press } = keyboard();
  press('i', 'c', 'o', '+', '-', 'g', 'h', 'l');
  assert.equal(page.calls, []);
  press('j', '+', '-');
  assert.equal(page.patches, []);
});

test('keys on a panel without cards, and on cards of all kinds, do not throw', () => {
  const all = keyboard(cardsWith(...events.ALL));
  const none = keyboard([]);
  for (let card = 0; card < 20; card++)
    for (const { press } of [all, none]) press('j', 'l', 'i', 'c', 'o', '+', '-', 'g', 'h');
  assert.equal(none.focused, []);
});

test('a supervisor has the keys that read, and no others', () => {
  const { shortcuts } = keyboard(cardsWith(events.FAQ), true);
  assert.equal(
    shortcuts.map(({ keys }) => keys),
    ['j', 'k', 'l', 'h', 'o', 'g'],
  );
});

test.run();
