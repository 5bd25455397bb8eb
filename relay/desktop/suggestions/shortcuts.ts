import type { Shortcut } from '../keyboard/shortcuts.ts';
import type { StringKey } from '../strings/strings.ts';
import type { ArrangedCard } from './arrange.ts';
import type { CardCommands } from './card-commands.ts';
import type { Answer, Card, Source } from './card-types.ts';
import type { Rating } from './feedback.ts';
import type { SuggestionsState } from './suggestions-state.ts';

/** A shortcut that needs nothing of the key's event. */
export interface CardShortcut extends Shortcut {
  run(): void;
}

export interface ShortcutOptions {
  /** The cards as they stand on the screen. */
  cards(): readonly ArrangedCard[];
  state: SuggestionsState;
  commands: CardCommands;
  /** Moves the focus to a card. */
  focus(id: string): void;
}

export function suggestionShortcuts(options: ShortcutOptions): CardShortcut[] {
  const { state, commands } = options;
  const withCard = (run: (card: Card, answer: Answer | undefined) => void) => () => {
    const card = currentCard(options);
    if (card) run(card, card.answers[state.answer.value] ?? card.answers[0]);
  };
  const withAnswer = (run: (card: Card, answer: Answer) => void) =>
    withCard((card, answer) => {
      if (answer) run(card, answer);
    });
  const reading: CardShortcut[] = [
    shortcut('j', 'cards.key.nextCard', () => moveCard(options, 1)),
    shortcut('k', 'cards.key.previousCard', () => moveCard(options, -1)),
    shortcut('l', 'cards.key.nextAnswer', () => moveAnswer(options, 1)),
    shortcut('h', 'cards.key.previousAnswer', () => moveAnswer(options, -1)),
    shortcut(
      'o',
      'cards.key.open',
      withCard((card, answer) => {
        const source = sourceOf(card, answer);
        if (source) commands.open(card, answer, source);
      }),
    ),
    shortcut(
      'g',
      'cards.key.jump',
      withCard((card) => commands.jump(card)),
    ),
  ];
  if (commands.isReadOnly) return reading;
  const insert = withAnswer((card, answer) => commands.insert(card, answer));
  const copy = withAnswer((card, answer) => void commands.copy(card, answer));
  // Replies are rated by their use: they have no thumbs.
  const rate = (rating: Rating) =>
    withAnswer((card, answer) => {
      if (card.kind !== 'replies') void commands.rate(answer, rating);
    });
  return [
    ...reading,
    shortcut('i', 'cards.key.insert', insert),
    shortcut('c', 'cards.key.copy', copy),
    shortcut('+', 'cards.key.good', rate('good')),
    shortcut('-', 'cards.key.bad', rate('bad')),
  ];
}

function shortcut(keys: string, label: StringKey, run: () => void): CardShortcut {
  return { keys, label, group: 'suggestions', run };
}

function currentCard({ cards, state }: ShortcutOptions): Card | undefined {
  return cards().find(({ card }) => card.id === state.current.value)?.card;
}

/** Without a current card the first one becomes current, whatever the direction. */
function moveCard({ cards, state, focus }: ShortcutOptions, step: 1 | -1): void {
  const all = cards();
  const at = all.findIndex(({ card }) => card.id === state.current.value);
  const index = at === -1 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1);
  const next = all[index]?.card;
  if (next === undefined) return;
  if (next.id !== state.current.value) state.answer.value = 0;
  state.current.value = next.id;
  focus(next.id);
}

function moveAnswer(options: ShortcutOptions, step: 1 | -1): void {
  const card = currentCard(options);
  if (!card || card.answers.length === 0) return;
  const { answer } = options.state;
  answer.value = Math.min(Math.max(answer.value + step, 0), card.answers.length - 1);
}

/** The first source that opens. */
function sourceOf(card: Card, answer: Answer | undefined): Source | undefined {
  const sources: readonly Source[] =
    card.kind === 'guidance'
      ? card.sources
      : answer && 'source' in answer
        ? [answer.source as Source]
        : answer && 'sources' in answer
          ? (answer.sources as readonly Source[])
          : [];
  return sources.find(({ href }) => href !== undefined);
}
