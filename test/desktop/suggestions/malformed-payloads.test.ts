// Whatever an event holds, reading, ordering and describing its cards does not throw.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { arrange } from '../../../relay/desktop/suggestions/arrange.ts';
import { type Card, cardsOf } from '../../../relay/desktop/suggestions/card.ts';
import { draftOf } from '../../../relay/desktop/suggestions/tool-parameters.ts';
import { ALL } from './events.ts';

const RUNS = { numRuns: 2_000 };

function read(suggestionResults: unknown): Card[] {
  return cardsOf({ id: 'e', publishedAt: 0, isReplayed: false, payload: { suggestionResults } });
}

/** What the components rely on: every text is a text, and every link opens. */
function isSound(cards: readonly Card[]): boolean {
  for (const card of cards) {
    assert.type(card.id, 'string');
    for (const answer of card.answers) {
      assert.type(answer.text, 'string');
      assert.ok(answer.answerRecord === undefined || typeof answer.answerRecord === 'string');
    }
    if (card.kind === 'tool') draftOf(card.call.parameters);
  }
  for (const [, link] of JSON.stringify(cards).matchAll(/"href":"([^"]*)"/g))
    assert.match(link ?? '', /^https?:/);
  arrange([...cards, ...cards]);
  return true;
}

/** Paths of all values of a payload. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]))];
}

function replaced(value: unknown, path: readonly string[], other: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return other;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...value]
    : { ...(value as Record<string, unknown>) };
  (copy as Record<string, unknown>)[name] = replaced((value as Record<string, unknown>)[name], rest, other);
  return copy;
}

test('any JSON in place of the results is read', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => isSound(read(value))),
    RUNS,
  );
});

test('any JSON in place of one value of a known payload is read', () => {
  const paths = pathsOf(ALL);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) =>
      isSound(read(replaced(ALL, path, value))),
    ),
    RUNS,
  );
});

test('a payload whose values are swapped with each other is read', () => {
  const paths = pathsOf(ALL);
  const valueAt = (path: readonly string[]) =>
    path.reduce<unknown>((value, name) => (value as Record<string, unknown>)?.[name], ALL);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.constantFrom(...paths), (to, from) =>
      isSound(read(replaced(ALL, to, valueAt(from)))),
    ),
    RUNS,
  );
});

test('parameters that are nested 100,000 levels deep are left out', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  const queryResult = { parameters: { deep, name: 'Ada' } };
  const [card] = read([{ suggestEntityExtractionResponse: { dialogflowAssistAnswers: [{ queryResult }] } }]);
  assert.equal(card?.answers[0]?.text, 'name: Ada');
});

test.run();
